// node cli/run.mjs bench_finding: how often the passage that answers a question is among the first found by its words, on books
// and on made-up documents. Also what reading pays for it, and how long finding takes. It needs a tokenizer, no model and no
// GPU.
import { usualLength } from '../../src/plan/passage_room.ts'
import {
  bookSearched,
  broadQuestions,
  findingTasks,
  prose,
  taskSearched,
  type Searched,
} from '../finding/documents.ts'
import { findingMs, indexed, ranksOf, type Indexed } from '../finding/measure.ts'
import type { BookQuestion } from '../../src/tasks/books.ts'
import { lookUp } from '../../src/recall/look_up.ts'
import { absentOf, bookFiles, books, questionsOf } from '../quality/books.ts'
import { tokenizerOf } from '../quality/model.ts'
import { command } from '../shell/command.ts'
import { oneOf, text, whole } from '../shell/flag.ts'
import { commandLine } from '../shell/command_line.ts'
import { requireFile, requireModel } from '../shell/files.ts'
import { join } from 'node:path'

const bookNames = Object.keys(books) as (keyof typeof books)[]

const flags = {
  model: text('DIR', 'whose tokenizer cuts the documents').needed(),
  books: text('DIR', `Project Gutenberg’s ${bookFiles.join(', ')} (default: no books)`),
  only: oneOf('B', bookNames, 'which of them (default: all)').list(),
  lengths: whole(2048, 'tokens of the made-up documents').list().or('8192,32768'),
  samples: whole(1, 'made-up documents of each kind and length').or('2'),
  passage: whole(16, 'tokens of a passage').or(String(usualLength.target)),
  latency: whole(1024, 'tokens of documents that finding is timed on')
    .list()
    .or('2048,8192,32768,131072'),
}

const timedQuestions = [
  'Who mended the golden lantern at the old mill?',
  'What did Agatha sell in the market before supper?',
  'Who went to the station with the rusty anchor because nobody else would?',
  'What was said in the upper town about the copper kettle and the silent glacier?',
  'Did Florian find the velvet umbrella?',
  'Which valley did Celia paint a week later, without a word to anyone?',
  'Where is the marble fountain that stood by the door?',
]

/** places in the ranking that are counted */
const firsts = [1, 4, 8]

await command('bench_finding', async () => {
  const given = commandLine({
    usage: 'npm run bench:finding -- --model DIR [options]',
    about: 'Measures how well passages are found by the words of a question.',
    flags,
  })
  requireModel(given.model)
  const folder = given.books
  const chosen = given.only ?? bookNames
  for (const name of chosen)
    if (folder !== undefined) requireFile('--books', join(folder, books[name].file))
  const tokenizer = await tokenizerOf(given.model)
  const count = (part: string) => tokenizer.encode(part, 'data', 'start').length
  const target = given.passage
  const length = { target, most: Math.round((usualLength.most / usualLength.target) * target) }
  const read = (document: string) => indexed(document, tokenizer, length)

  console.log(
    row([
      'document',
      'tokens',
      'passages',
      'questions',
      ...firsts.map((n) => `best ${n}`),
      'taken for absent',
      'nothing for broad questions',
    ]),
  )
  console.log(row(new Array<string>(firsts.length + 6).fill('---')))
  for (const name of folder === undefined ? [] : chosen) {
    const searched = await bookSearched(folder ?? '', name)
    const document = await read(searched.text)
    const silent = broadQuestions.filter(
      (broad) => lookUp(document.index, broad, undefined, 8).kind !== 'passages',
    )
    console.log(
      row([...found(name, [searched], [document]), `${silent.length} of ${broadQuestions.length}`]),
    )
  }
  for (const task of findingTasks) {
    for (const tokens of given.lengths) {
      const searched = Array.from({ length: given.samples }, (_, document) =>
        taskSearched(task, tokens, document, count),
      )
      const documents = await Promise.all(searched.map((one) => read(one.text)))
      console.log(row([...found(task, searched, documents), '']))
    }
  }

  if (folder !== undefined) {
    console.log(`\n${row(['taken for absent', 'its own', 'of other books', 'absent by hand'])}`)
    console.log(row(new Array<string>(4).fill('---')))
    for (const name of chosen) {
      const { index } = await read((await bookSearched(folder, name)).text)
      const taken = (questions: readonly BookQuestion[]) => {
        const absent = questions.filter(
          ({ question }) => lookUp(index, question, undefined, 8).kind === 'absent',
        )
        return `${absent.length} of ${questions.length}`
      }
      const others = bookNames.filter((other) => other !== name)
      const theirs = (await Promise.all(others.map(questionsOf))).flat()
      console.log(
        row([name, taken(await questionsOf(name)), taken(theirs), taken(await absentOf(name))]),
      )
    }
  }

  console.log(
    `\n${row(['tokens', 'tokenize, ms', 'cut, ms', 'index, ms', 'find, ms', 'bytes a token'])}`,
  )
  console.log(row(new Array<string>(6).fill('---')))
  for (const tokens of given.latency) {
    const { index, tokens: read, ms } = await timed(tokens)
    const find = findingMs(index, timedQuestions)
    console.log(
      row([
        read.toLocaleString('en-US'),
        ...[ms.tokenize, ms.cut, ms.index].map((part) => part.toFixed(0)),
        find.toFixed(1),
        (index.bytes / read).toFixed(1),
      ]),
    )
  }

  /** Made-up prose cut to about so many tokens. */
  function timed(tokens: number): Promise<Indexed> {
    const sample = prose(10_000)
    const units = Math.round((tokens * sample.length) / count(sample))
    return read(prose(units).slice(0, units))
  }
})

function found(
  name: string,
  searched: readonly Searched[],
  documents: readonly Indexed[],
): string[] {
  const ranks = searched.flatMap((one, i) => {
    const document = documents[i]
    return document === undefined ? [] : ranksOf(one, document)
  })
  const absent = searched.flatMap(({ sought }, i) => {
    const index = documents[i]?.index
    return sought.filter(
      ({ question }) => index && lookUp(index, question, undefined, 8).kind === 'absent',
    )
  })
  const sum = (of: (document: Indexed) => number) =>
    Math.round(documents.reduce((all, document) => all + of(document), 0) / documents.length)
  return [
    name,
    sum(({ tokens }) => tokens).toLocaleString('en-US'),
    sum(({ passages }) => passages.length).toLocaleString('en-US'),
    String(ranks.length),
    ...firsts.map(
      (n) => `${Math.round((100 * ranks.filter((rank) => rank < n).length) / ranks.length)} %`,
    ),
    String(absent.length),
  ]
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`
}
