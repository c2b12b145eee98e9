// The questions of a batch: a file of one question a line, or of one JSON object a line.
import { UsageError } from '../shell/command.ts'

export interface Question {
  /** its place in the file, from 1; blank lines do not count */
  readonly number: number
  /** in a file of JSON objects, where given */
  readonly id?: string
  readonly question: string
}

/**
 * Reads a questions file. A first line that begins with `{` makes it JSONL. Throws UsageError.
 * @param path for messages
 */
export function parseQuestions(path: string, text: string): Question[] {
  const lines = text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .map((line, i) => ({ line: line.trim(), at: `line ${i + 1} of --questions ${path}` }))
    .filter(({ line }) => line !== '')
  if (lines.length === 0)
    throw new UsageError(`--questions ${path} holds no question; write one a line`)
  const isJson = lines[0]?.line.startsWith('{') === true
  const questions = lines.map(({ line, at }, i) => ({
    number: i + 1,
    ...(isJson ? fromJson(at, line) : { question: line }),
  }))
  const seen = new Map<string, string>()
  for (const [i, { id, question }] of questions.entries()) {
    const at = lines[i]?.at ?? ''
    const key = JSON.stringify([id, question])
    const before = seen.get(key)
    if (before !== undefined)
      throw new UsageError(`${at} asks the same as ${before}; leave one out, or give it another id`)
    seen.set(key, at)
  }
  return questions
}

function fromJson(at: string, line: string): Omit<Question, 'number'> {
  const { id, question } = objectOf(at, line)
  if (typeof question !== 'string' || question.trim() === '')
    throw new UsageError(`${at} has no "question"; write {"question": "…"}`)
  if (id === undefined) return { question }
  if (typeof id !== 'string' && typeof id !== 'number')
    throw new UsageError(`${at} has an "id" that is neither text nor a number`)
  return { id: String(id), question }
}

function objectOf(at: string, line: string): Partial<Record<'id' | 'question', unknown>> {
  try {
    const value: unknown = JSON.parse(line)
    if (typeof value === 'object' && value !== null) return value
  } catch {
    // told below
  }
  throw new UsageError(`${at} is no JSON object; write {"question": "…"} as in the first line`)
}
