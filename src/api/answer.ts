// A question and its streamed answer.
/** A question that was asked of the document, and what was answered. */
export interface Turn {
  readonly question: string
  readonly answer: string
}

export interface AnswerOptions {
  /** text the answer is begun with and goes on from; not part of it */
  readonly prefix?: string
  readonly maxTokens?: number
  /**
   * `greedy` (default) takes the most likely token each time, which suits questions about a document: what it says is not a
   * matter of chance. `model` draws as the model's makers suggest (`Model.suggestedSampling`), as far as the next three
   * do not say otherwise
   */
  readonly sampling?: 'greedy' | 'model'
  /** 0 takes the most likely token */
  readonly temperature?: number
  readonly topK?: number
  readonly topP?: number
  readonly seed?: number
  /** texts that end the answer; not part of it */
  readonly stop?: readonly string[]
  readonly signal?: AbortSignal
  /** show special tokens in the answer, which are left out by default */
  readonly showSpecial?: boolean
  /** keep the logits of the first answer token in the summary */
  readonly keepFirstLogits?: boolean
}

export interface AskOptions extends AnswerOptions {
  /** earlier questions and their answers, oldest first: they stand before this question, as in a conversation */
  readonly history?: readonly Turn[]
  /** lets a model that can think before it answers do so, where its chat template gives the choice; false by default */
  readonly think?: boolean
  /** told of what the model thinks, as it comes; the answer is without it */
  readonly onThinking?: (text: string) => void
}

export interface AnswerSummary {
  readonly text: string
  /** what the model thought before it answered; '' where it did not */
  readonly thinking: string
  /**
   * tokens by which earlier turns, question and answer exceeded the slots there are behind the document: so many or more of
   * them were evicted, and the model no longer saw them
   */
  readonly overflow: number
  readonly ids: readonly number[]
  readonly finish: 'end' | 'stop' | 'length' | 'aborted'
  readonly timeToFirstTokenMs: number
  readonly decodeTokensPerSecond: number
  /** (vocabulary), when asked for with `keepFirstLogits` */
  readonly firstLogits?: Float32Array
}

/** A streamed answer: iterate for pieces of text; `summary` resolves when it has ended. Leaving the loop cancels it. */
export interface Answer extends AsyncIterable<string> {
  readonly summary: Promise<AnswerSummary>
}

export interface LikelihoodOptions {
  /** keep the logits behind every log-probability: (tokens − 1, vocabulary) f32 of memory */
  readonly keepLogits?: boolean
  readonly signal?: AbortSignal
}

/** How well the model foresees a given text. */
export interface Likelihood {
  /** (tokens) of the text */
  readonly ids: Uint32Array
  /** (tokens − 1), nats: of every token but the first, given the document and the text's tokens before it */
  readonly logProbs: Float32Array
  /** (tokens − 1, vocabulary), when asked for with `keepLogits` */
  readonly logits?: Float32Array
}
