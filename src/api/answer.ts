// A question and its streamed answer.
import type { JsonSchema } from './json.ts'
import type { Place } from './places.ts'
import type { Tool, ToolCall, ToolChoice, ToolExchange } from './tools.ts'

/** A question that was asked of the document, and what was answered. */
export interface Turn {
  /** The question as it was asked. */
  readonly question: string
  /** The answer as it was given, without what the model thought. */
  readonly answer: string
  /** Calls of tools that led to the answer, and what they gave, in their order. Default: none. */
  readonly exchanges?: readonly ToolExchange[]
}

/** How an answer is written: how long it may be, how its tokens are drawn, what ends it. */
export interface AnswerOptions {
  /** Text that the answer is begun with and goes on from; it is not part of the answer. Default: `''`. */
  readonly prefix?: string
  /** Tokens of the answer at most, at least 1; what the model thinks counts. Default: 512. */
  readonly maxTokens?: number
  /**
   * How tokens are drawn. `greedy` takes the likeliest token each time, which suits questions about a document. `model` draws
   * as the model's makers suggest (`Model.suggestedSampling`) where `temperature`, `topK` and `topP` are left out. Default:
   * `greedy`.
   */
  readonly sampling?: 'greedy' | 'model'
  /** What logits are divided by before a token is drawn: 0 takes the likeliest token, else at least 0.001. Default: 0. */
  readonly temperature?: number
  /** Only so many of the likeliest tokens are drawn from; 0 draws from all. Default: 0. */
  readonly topK?: number
  /** Only the likeliest tokens whose probabilities add up to this are drawn from, above 0 and at most 1. Default: 1. */
  readonly topP?: number
  /** Seed of the draws: the same seed gives the same answer. Default: 0. */
  readonly seed?: number
  /** Texts that end the answer; they are not part of it. Default: `[]`. */
  readonly stop?: readonly string[]
  /**
   * Holds the answer to JSON: to any object with `true`, or to what a schema describes. Where `maxTokens` cut it, it is not whole.
   * Each token then waits for the one before it. A model that thinks cannot do so. `undefined` by default: a free answer.
   */
  readonly json?: true | JsonSchema
  /**
   * Tells how likely each token of the answer was (`AnswerSummary.logProbs`), and as many of the likeliest in its place as this
   * says, 0 to 20. Nothing is drafted then, so the answer may take longer. `undefined` by default: they are not told.
   */
  readonly logProbs?: number
  /** Is given each token of the answer with its log-probability, where `logProbs` asks for them. `undefined` by default. */
  readonly onToken?: (token: ChosenToken) => void
  /** Ends the answer early; its summary then says `aborted`. `undefined` by default. */
  readonly signal?: AbortSignal
  /** Shows special tokens in the answer instead of leaving them out. Default: `false`. */
  readonly showSpecial?: boolean
  /** Keeps the logits of the first answer token in the summary. The first token is computed twice. Default: `false`. */
  readonly keepFirstLogits?: boolean
}

/** How a question is asked: what stood before it, and whether the model thinks first. */
export interface AskOptions extends AnswerOptions {
  /** Earlier questions and their answers, oldest first; they stand before this question as far as they fit. Default: `[]`. */
  readonly history?: readonly Turn[]
  /** Text that stands before the question, such as how to answer. No passage is looked up for its words. Default: `''`. */
  readonly instructions?: string
  /** Lets a model that can think do so before it answers, where its chat template gives the choice. Default: `false`. */
  readonly think?: boolean
  /**
   * Answers also where the document does not speak of what is asked, as far as its words tell. Nothing is ever found absent where
   * `Settings.recall` is `none`. Default: `false`, and `true` with `tools`.
   */
  readonly evenIfAbsent?: boolean
  /**
   * Tools that the model may call, offered in the words of its chat template; a template that takes none refuses them. Calls are in
   * `AnswerSummary.calls`: run them, and ask again with them in `exchanges`. Default: `[]`.
   */
  readonly tools?: readonly Tool[]
  /** Whether a tool is called. Default: `auto`, the model decides. */
  readonly toolChoice?: ToolChoice
  /** Calls that the model made for this question so far, and what they gave; the answer goes on behind them. Default: `[]`. */
  readonly exchanges?: readonly ToolExchange[]
  /** Is given what the model thinks, piece by piece; the answer is without it. `undefined` by default. */
  readonly onThinking?: (text: string) => void
}

/** Most of the likeliest tokens that an answer tells in the place of each of its own. */
export const mostLikeliest = 20

/** A token that may stand at a place of an answer. */
export interface LikelyToken {
  /** Its id in the model's vocabulary. */
  readonly id: number
  /** Its text. Bytes that are no whole character are shown as `\ufffd`. */
  readonly text: string
  /** Its bytes in UTF-8; `undefined` for control tokens, and where they depend on the tokens beside it. */
  readonly bytes: readonly number[] | undefined
  /**
   * Natural logarithm of its probability by the model itself, whatever `temperature`, `topK` and `topP` are. Where `json` holds the
   * answer to a form, among the tokens that may come. Unit: nats.
   */
  readonly logProb: number
}

/** A token of an answer, and what might have stood in its place. */
export interface ChosenToken extends LikelyToken {
  /** The likeliest tokens there, the likeliest first: as many as `AnswerOptions.logProbs` says, or all that may come. */
  readonly likeliest: readonly LikelyToken[]
}

/** A stretch of the document's text. */
export interface Passage {
  /** UTF-16 offset of its first character in the document's text. */
  readonly firstChar: number
  /** UTF-16 units. */
  readonly length: number
  /** Index of its first token, counted from the document's first. */
  readonly firstToken: number
  /** Tokens. */
  readonly tokens: number
  /** The text, as the tokenizer gives it back. */
  readonly text: string
  /** Where in the document's file it begins; `undefined` where the file has no places. */
  readonly place?: Place
  /** Where it ends, if that is another place; `undefined` where it is the same. */
  readonly placeEnd?: Place
}

/** What is known of an answer once it has ended. */
export interface AnswerSummary {
  /** The whole answer. */
  readonly text: string
  /** What the model thought before it answered; `''` where it did not think. */
  readonly thinking: string
  /** Calls of tools that the answer consists of, or ends with; none of their text is in `text`. `undefined` unless `AskOptions.tools` offers some. */
  readonly calls?: readonly ToolCall[]
  /**
   * Tokens by which question and answer exceeded the slots behind the document; 0 where they fitted. At least so
   * many of their tokens were evicted, and the model no longer saw them.
   */
  readonly overflow: number
  /** Tokens between document and answer: earlier turns, the question, and what the chat template adds. */
  readonly questionTokens: number
  /**
   * Earlier turns that stood before the question: the latest of `AskOptions.history` that the slots behind the document hold
   * beside the question and its answer. The oldest are left out first.
   */
  readonly remembered: number
  /** Token ids that were generated, thought included, the end token left out. Shape: (tokens). */
  readonly ids: readonly number[]
  /**
   * What ended the answer: an end token, a text of `stop`, `maxTokens`, or the signal. `absent` where the document does not hold
   * what is asked: its words do not stand there, and `text` is empty.
   */
  readonly finish: 'end' | 'stop' | 'length' | 'aborted' | 'absent'
  /** Milliseconds from the beginning of the question's pass to the first token. */
  readonly timeToFirstTokenMs: number
  /** Passages that were read again for this answer, in document order; none unless `Settings.recall` is `passages`. */
  readonly reread: readonly Passage[]
  /**
   * Passages that state what the answer says, the best first, three at most. None where no passage stands out, or where
   * `Settings.recall` is `none`.
   */
  readonly sources: readonly Passage[]
  /**
   * What the passages add to the log-odds with which the model, asked again, finds that they state the answer. Unit: nats.
   * `undefined` unless `Settings.doubtBelow` asks for it and the answer was given from passages.
   */
  readonly odds?: number
  /** Whether `odds` lie below `Settings.doubtBelow`: the answer may well be made up, and `sources` is empty. */
  readonly doubtful: boolean
  /** Tokens per second after the first token; 0 for an answer of one token or none. */
  readonly decodeTokensPerSecond: number
  /** Log-probabilities of each of `ids`. `undefined` unless `AnswerOptions.logProbs` asks for them. Shape: (tokens). */
  readonly logProbs?: readonly ChosenToken[]
  /** Logits of the first answer token, f32, shape: (vocabulary). `undefined` unless asked for with `keepFirstLogits`. */
  readonly firstLogits?: Float32Array
}

/**
 * A streamed answer. Iterating gives pieces of text. Leaving the loop cancels the answer. The answer is computed whether or
 * not anyone iterates. Loop and `summary` both reject with what `LongDocument.ask` says.
 */
export interface Answer extends AsyncIterable<string> {
  /** Resolves when the answer has ended. */
  readonly summary: Promise<AnswerSummary>
}

/** How a text is scored. */
export interface LikelihoodOptions {
  /** Keeps the logits behind every log-probability, which takes (tokens − 1) · vocabulary · 4 bytes. Default: `false`. */
  readonly keepLogits?: boolean
  /** Ends the scoring with LongtabError `aborted`. `undefined` by default. */
  readonly signal?: AbortSignal
}

/** How well the model predicts a given text. */
export interface Likelihood {
  /** Token ids of the text. Shape: (tokens). */
  readonly ids: Uint32Array
  /**
   * Natural logarithm of the probability of every token but the first, given the document and the text before it. Unit: nats.
   * Shape: (tokens − 1).
   */
  readonly logProbs: Float32Array
  /** Logits, f32, shape: (tokens − 1, vocabulary). `undefined` unless asked for with `keepLogits`. */
  readonly logits?: Float32Array
}
