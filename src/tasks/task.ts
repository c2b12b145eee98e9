// What a generator makes: a document that is read once, and questions about it.
import type { Haystack } from './haystack.ts'
import type { Metric } from './metrics.ts'
import type { Random } from './random.ts'
import type { Words } from './words.ts'

export interface Question {
  readonly question: string
  /** what the answer is begun with, as the benchmark has it (RULER's answer prefix); '' for nothing */
  readonly lead: string
  readonly answers: readonly string[]
  readonly metric: Metric
  /** the benchmark's own limit */
  readonly maxTokens: number
  /** where in the document the answer stands, 0 … 1, when it stands in one place */
  readonly depth?: number
}

export interface TaskDocument {
  /** read before any question is seen */
  readonly context: string
  /**
   * Asked of the document one by one; with `turns`, each after the questions and answers before it (a conversation)
   */
  readonly questions: readonly Question[]
  readonly turns?: boolean
  /** text that goes on from the context, to be foreseen instead of asked about */
  readonly continuation?: string
}

export interface TaskRequest {
  /** tokens that context, question, lead and answer may take together, by `count` */
  readonly length: number
  readonly count: (text: string) => number
  /** everything drawn depends on it alone */
  readonly seed: string
  readonly words: Words
  readonly haystack: Haystack
  /** questions wanted of one document, where the task can ask several */
  readonly questions: number
  /** where the needle grid puts its needle, 0 … 1 */
  readonly depth: number
}

export type Generator = (request: TaskRequest) => TaskDocument

/** Draws again from the same seed for every size that is tried. */
export type Draw = (size: number, random: Random) => TaskDocument
