// A line of a batch's output: what one document answered to one question, or why it did not.
import type { AnswerSummary, Passage } from '../../src/api/answer.ts'
import { shown } from '../../src/api/shown.ts'
import type { Question } from './questions.ts'

/** What all lines of a file have in common. */
export interface Run {
  /** as it was named on the command line */
  readonly model: string
  /** flags that decide an answer, by their names in camel case */
  readonly settings: Readonly<Record<string, unknown>>
}

interface About extends Run {
  /** its path in the folder */
  readonly document: string
}

/** An answer as the tab gives it. */
export interface Answered {
  readonly answer: string
  readonly finish: AnswerSummary['finish']
  /** passages that state what the answer says, the best first */
  readonly sources: readonly Passage[]
  /** whether the model doubts it, and the log-odds, in nats, if it was asked */
  readonly doubtful: boolean
  readonly odds?: number
  readonly tokens: { readonly document: number; readonly question: number; readonly answer: number }
  /** milliseconds; the document is read once for all its questions */
  readonly times: { readonly read: number; readonly firstToken: number; readonly answer: number }
}

export interface AnsweredLine extends About, Question, Answered {
  /** SHA-256 of the document's bytes */
  readonly hash: string
}

/** Without a question where the document could not be read, without a hash where its file could not. */
export interface FailedLine extends About, Partial<Question> {
  readonly hash?: string
  readonly error: { readonly code: string; readonly message: string }
}

export type Line = AnsweredLine | FailedLine

export function hasFailed(line: Line): line is FailedLine {
  return 'error' in line
}

/** What tells a line from the others of a batch. */
export function lineKey({ document, hash, id, question }: Pick<FailedLine, Telling>): string {
  return JSON.stringify([document, hash, id, question])
}

type Telling = 'document' | 'hash' | 'id' | 'question'

/** The first difference of two runs, in words; undefined where they are alike. */
export function difference(one: Run, other: Run): string | undefined {
  if (one.model !== other.model) return `of model ${one.model}, not ${other.model}`
  const names = Object.keys({ ...one.settings, ...other.settings })
  const name = names.find((name) => inWords(one, name) !== inWords(other, name))
  return name === undefined
    ? undefined
    : `with ${name} ${inWords(one, name)}, not ${inWords(other, name)}`
}

function inWords({ settings }: Run, name: string): string {
  const value = Object.hasOwn(settings, name) ? settings[name] : undefined
  return value === undefined ? 'by default' : shown(value)
}
