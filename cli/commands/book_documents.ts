// node cli/run.mjs book_documents: cuts books into documents for `bench:quality --data`, with the questions of
// src/tasks/books. Also writes the same questions with only the book's title, a control for the model's own knowledge.
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { bookDocuments, questionOf, type BookQuestion } from '../../src/tasks/books.ts'
import { nameOf } from '../../src/tasks/metrics.ts'
import type { TaskDocument } from '../../src/tasks/task.ts'
import { command, UsageError } from '../shell/command.ts'
import { text, whole } from '../shell/flag.ts'
import { commandLine } from '../shell/command_line.ts'
import { absentOf, bookFiles, books, questionsOf } from '../quality/books.ts'
import { tokenCounter } from '../quality/model.ts'
import { requireFile } from '../shell/files.ts'

const flags = {
  model: text('DIR', 'whose tokens a part’s length is counted in').needed(),
  books: text('DIR', `Project Gutenberg’s ${bookFiles.join(', ')}`).needed(),
  length: whole(256, 'tokens of a part (default: the whole book is one)'),
  out: text(
    'DIR',
    'NAME.jsonl for each book, NAME_absent.jsonl with questions that it does not answer, and closed.jsonl with titles only',
  ).needed(),
}

await command('book_documents', async () => {
  const given = commandLine({
    usage: 'node cli/run.mjs book_documents --model DIR --books DIR --out DIR [--length N]',
    about: 'Writes books with questions as documents for bench:quality --data.',
    flags,
  })
  const { model, out, length = Infinity } = given
  const count = await tokenCounter(model)
  await mkdir(out, { recursive: true })
  const closed: TaskDocument[] = []
  for (const [name, { file, title }] of Object.entries(books)) {
    const path = join(given.books, file)
    requireFile('--books', path)
    const questions = await questionsOf(name)
    const book = await readFile(path, 'utf8')
    const documents = partsOf(book, questions, length, count)
    await writeFile(join(out, `${name}.jsonl`), linesOf(documents))
    const absent = (await absentOf(name)).map(questionOf)
    if (absent.length > 0)
      await writeFile(
        join(out, `${name}_absent.jsonl`),
        linesOf([{ context: book, questions: absent }]),
      )
    const asked = documents.flatMap((document) => document.questions)
    closed.push({ context: `The questions are about the book ${title}.`, questions: asked })
    console.log(`${name}: ${documents.length} parts with ${asked.length} questions`)
  }
  await writeFile(join(out, 'closed.jsonl'), linesOf(closed))
})

function partsOf(
  book: string,
  questions: readonly BookQuestion[],
  length: number,
  count: (text: string) => number,
): TaskDocument[] {
  try {
    return bookDocuments(book, questions, Math.min(length, count(book)), count)
  } catch (error) {
    throw new UsageError(`--books: ${error instanceof Error ? error.message : String(error)}`)
  }
}

/** In the format of src/tasks/jsonl.ts. */
function linesOf(documents: readonly TaskDocument[]): string {
  return documents
    .map(({ context, questions }) => ({
      context,
      questions: questions.map(({ question }) => question),
      answers: questions.map(({ answers }) => answers),
      metric: questions[0] && nameOf(questions[0].metric),
      maxTokens: questions[0]?.maxTokens,
    }))
    .map((line) => `${JSON.stringify(line)}\n`)
    .join('')
}
