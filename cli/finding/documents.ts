// What finding is measured on: documents with questions, and the stretch of text that answers each.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { madeUpProse } from '../../src/tasks/haystack.ts'
import { randomOf } from '../../src/tasks/random.ts'
import { tasks, type TaskName } from '../../src/tasks/tasks.ts'
import { ownWords } from '../../src/tasks/words.ts'
import { books, questionsOf } from '../quality/books.ts'

export interface Sought {
  readonly question: string
  /** UTF-16 offsets of a stretch that answers it; one for each of several values */
  readonly places: readonly (readonly [start: number, end: number])[]
}

export interface Searched {
  readonly text: string
  readonly sought: readonly Sought[]
}

/** Where the evidence of a question is a stretch of few words that stands in one place. */
export const findingTasks = [
  'niah_multikey_1',
  'niah_multikey_2',
  'niah_multikey_3',
  'niah_multivalue',
  'niah_multiquery',
  'kv',
  'lines',
  'log',
] as const satisfies readonly TaskName[]

/** About the whole document: no passage answers them, and none should stand out. */
export const broadQuestions = [
  'Summarise the document.',
  'What is this text about?',
  'What happens in the end?',
  'Give me a short summary of the story.',
  'What are the main topics?',
  'Who are the main characters?',
  'Explain the document in three sentences.',
  'What is the most important thing in it?',
  'Is it good?',
  'Translate it.',
]

/** Throws where the folder lacks a book. */
export async function bookSearched(folder: string, name: keyof typeof books): Promise<Searched> {
  const text = await readFile(join(folder, books[name].file), 'utf8')
  const sought = (await questionsOf(name)).map(({ question, evidence }) => {
    const start = text.indexOf(evidence)
    return { question, places: [[start, start + evidence.length] as const] }
  })
  return { text, sought }
}

export function taskSearched(
  task: TaskName,
  length: number,
  document: number,
  count: (text: string) => number,
): Searched {
  const { context, questions } = tasks[task]({
    length,
    count,
    seed: `finding/${task}/${length}/${document}`,
    words: ownWords,
    haystack: madeUpProse,
    questions: 10,
    depth: 0.5,
  })
  const sought = questions.map(({ question, answers }) => ({
    question,
    places: answers.map((answer) => placeOf(context, question, answer)),
  }))
  return { text: context, sought }
}

/** Made-up prose of some so many UTF-16 units. */
export function prose(length: number): string {
  const source = madeUpProse(randomOf('finding'), ownWords)
  let text = ''
  while (text.length < length) text += `${source.next().value} `
  return text
}

/** Of the places where a short answer stands, as `red` does, the one with most of the question's words around it. */
function placeOf(text: string, question: string, answer: string): readonly [number, number] {
  const words = question.split(/[^\p{L}\p{N}-]+/u).filter((word) => word.length > 3)
  let best = { start: -1, shared: -1 }
  for (let at = text.indexOf(answer); at >= 0; at = text.indexOf(answer, at + 1)) {
    const around = text.slice(Math.max(0, at - 100), at + answer.length + 100)
    const shared = words.filter((word) => around.includes(word)).length
    if (shared > best.shared) best = { start: at, shared }
  }
  return [best.start, best.start + answer.length]
}
