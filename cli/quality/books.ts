// The books that src/tasks/books asks about: Project Gutenberg's files, which are not shipped, and our questions, which are.
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { unanswerable, type BookQuestion } from '../../src/tasks/books.ts'
import { root } from '../build/paths.ts'

export const books = {
  alice: { file: 'carroll-alice.txt', title: 'Alice’s Adventures in Wonderland by Lewis Carroll' },
  thursday: {
    file: 'chesterton-thursday.txt',
    title: 'The Man Who Was Thursday by G. K. Chesterton',
  },
  emma: { file: 'austen-emma.txt', title: 'Emma by Jane Austen' },
}

export const bookFiles = Object.values(books).map(({ file }) => file)

/** Questions that sound as if the book answered them, and it does not; none about some books. */
export async function absentOf(name: string): Promise<BookQuestion[]> {
  const path = join(root, `src/tasks/absent/${name}.jsonl`)
  if (!existsSync(path)) return []
  const lines = (await readFile(path, 'utf8')).trim().split('\n')
  return lines.map((line) => unanswerable((JSON.parse(line) as BookQuestion).question))
}

export async function questionsOf(name: string): Promise<BookQuestion[]> {
  const lines = await readFile(join(root, `src/tasks/books/${name}.jsonl`), 'utf8')
  return lines
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as BookQuestion)
}
