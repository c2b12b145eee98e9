// node cli/run.mjs bench_sources: counts right answers about a book whose first source is where the book states them,
// and answers with a source that should have none. The answers are those of a run of bench_quality.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { usualLength } from '../../src/plan/passage_room.ts'
import { findSources } from '../../src/recall/sources.ts'
import type { BookQuestion } from '../../src/tasks/books.ts'
import { bookSearched } from '../finding/documents.ts'
import { indexed } from '../finding/measure.ts'
import { absentOf, bookFiles, books, questionsOf } from '../quality/books.ts'
import { tokenizerOf } from '../quality/model.ts'
import { command } from '../shell/command.ts'
import { oneOf, text } from '../shell/flag.ts'
import { commandLine } from '../shell/command_line.ts'
import { requireFile, requireModel } from '../shell/files.ts'

const bookNames = Object.keys(books) as (keyof typeof books)[]

const flags = {
  results: text('DIR', 'of bench_quality, with the answers').needed(),
  model: text('DIR', 'whose tokenizer cuts the book').needed(),
  books: text('DIR', `Project Gutenberg’s ${bookFiles.join(', ')}`).needed(),
  book: oneOf('B', bookNames, 'what was asked about').needed(),
}

/** A line of results.jsonl. */
interface Result {
  readonly prediction: string
  readonly answers: readonly string[]
  readonly score: number
  readonly document: number
  readonly turn: number
}

await command('bench_sources', async () => {
  const given = commandLine({
    usage: 'node cli/run.mjs bench_sources --results DIR --model DIR --books DIR --book B',
    about: 'Measures the sources of answers about a book.',
    flags,
  })
  requireModel(given.model)
  const file = join(given.results, 'results.jsonl')
  requireFile('--results', file)
  const results = (await readFile(file, 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Result)
  const { text: book } = await bookSearched(given.books, given.book)
  const { passages, index } = await indexed(book, await tokenizerOf(given.model), usualLength)
  const questions = await questionsOf(given.book)
  const absent = await absentOf(given.book)

  const right = { answers: 0, sourced: 0, held: 0 }
  const wrong = { answers: 0, sourced: 0 }
  const unanswerable = { answers: 0, sourced: 0, refused: 0 }
  for (const { prediction, answers, score, ...at } of results) {
    const same = (one: BookQuestion) => one.answers.join() === answers.join()
    const asked = questions.find(same)
    const question = asked ?? absent[at.document + at.turn]
    if (question === undefined) continue
    const [first] = findSources(index, question.question, prediction, [])
    const of = asked === undefined ? unanswerable : score === 1 ? right : wrong
    of.answers++
    if (first !== undefined) of.sourced++
    if (asked === undefined && score === 1) unanswerable.refused++
    const passage = first === undefined ? undefined : passages[first]
    if (of !== right || passage === undefined) continue
    const start = book.indexOf(question.evidence)
    const end = start + question.evidence.length
    const until = passage.firstChar + passage.text.length
    if (start < until && end > passage.firstChar) right.held++
  }
  console.log(
    `right answers: ${right.answers}, with a source: ${right.sourced}, the first states it: ${right.held}`,
  )
  console.log(`wrong answers: ${wrong.answers}, with a source: ${wrong.sourced}`)
  console.log(
    `of what the book does not say: ${unanswerable.answers}, the model says so: ${unanswerable.refused}, with a source: ${unanswerable.sourced}`,
  )
})
