// Output of a generator: a document that is read once, and questions about it.
import type { Haystack } from './haystack.ts'
import type { Metric } from './metrics.ts'
import type { Random } from './random.ts'
import type { Words } from './words.ts'

export interface Question {
  readonly question: string
  /** beginning of the answer, as in the benchmark (RULER's answer prefix); '' for none */
  readonly lead: string
  readonly answers: readonly string[]
  readonly metric: Metric
  /** the benchmark's own limit */
  readonly maxTokens: number
  /** relative position of the answer in the document, 0 … 1, when it stands at one position */
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
  /** text that follows the context, to be predicted instead of asked about */
  readonly continuation?: string
}

export interface TaskRequest {
  /** most tokens of context, question, lead and answer together, by `count` */
  readonly length: number
  readonly count: (text: string) => number
  /** the only source of randomness */
  readonly seed: string
  readonly words: Words
  readonly haystack: Haystack
  /** questions per document, where the task can ask several */
  readonly questions: number
  /** relative position of the needle in the needle grid, 0 … 1 */
  readonly depth: number
}

export type Generator = (request: TaskRequest) => TaskDocument

/** Called with the same seed for every size that is tried. */
export type Draw = (size: number, random: Random) => TaskDocument
