// Questions about real books, written by hand. A book is cut into parts of the wanted length; each part is read once and
// its questions are asked. The books are Project Gutenberg's and not shipped; the questions are (books/*.jsonl).
import { anyWords } from './metrics.ts'
import type { Question, TaskDocument } from './task.ts'

/** A line of books/*.jsonl. */
export interface BookQuestion {
  readonly question: string
  /** accepted short forms */
  readonly answers: readonly string[]
  /** verbatim text of the book that states the answer; it occurs once */
  readonly evidence: string
}

const maxTokens = 40

/** What an answer says that does not find what is asked. */
const refusals = ['not', 'no', 'cannot', "doesn't", "isn't", 'unknown', 'none']

/**
 * Consecutive parts of a book that have questions, each with its questions in the book's order. A part ends between two
 * paragraphs if one ends in its last tenth. A question whose evidence is cut in two belongs to no part.
 * @param length tokens of a part, by `count` Throws Error where the book lacks a question's evidence.
 */
export function bookDocuments(
  book: string,
  questions: readonly BookQuestion[],
  length: number,
  count: (text: string) => number,
): TaskDocument[] {
  const asked = questions.map((question) => ({ ...question, at: offsetOf(book, question) }))
  const charsPerToken = book.length / count(book)
  const parts: TaskDocument[] = []
  for (let start = 0; start < book.length;) {
    const end = partEnd(book, start, length, count, charsPerToken)
    const here = asked.filter(({ at, evidence }) => at >= start && at + evidence.length <= end)
    if (here.length > 0)
      parts.push({ context: book.slice(start, end), questions: here.map(questionOf) })
    start = end
  }
  return parts
}

function offsetOf(book: string, { question, evidence }: BookQuestion): number {
  const at = book.indexOf(evidence)
  if (at >= 0) return at
  throw new Error(`the book does not hold what answers '${question}': ${evidence}`)
}

/** Of a question that the book does not answer: right is to say so. */
export function unanswerable(question: string): BookQuestion {
  return { question, answers: refusals, evidence: '' }
}

export function questionOf({ question, answers }: BookQuestion): Question {
  return { question, lead: '', answers, metric: anyWords, maxTokens }
}

/**
 * UTF-16 offset of the end of a part of `length` tokens. A second estimate corrects for the local density of the text.
 */
function partEnd(
  book: string,
  start: number,
  length: number,
  count: (text: string) => number,
  charsPerToken: number,
): number {
  const guess = Math.floor(length * charsPerToken)
  const tokens = count(book.slice(start, start + guess))
  const most = start + Math.floor((guess * length) / Math.max(tokens, length / 2))
  if (most >= book.length) return book.length
  const paragraph = book.lastIndexOf('\n\n', most)
  return paragraph > start + 0.9 * (most - start) ? paragraph : most
}
