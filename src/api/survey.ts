// A question over the whole document: asked of one piece after the other.
import type { AnswerSummary, Passage } from './answer.ts'

/** How a document is surveyed. */
export interface SurveyOptions {
  /**
   * Has the model write one answer from those about the pieces, at the end. It suits summaries; of a list it leaves things out.
   * Default: `false`, which puts the answers one below the other, each line once.
   */
  readonly join?: boolean
  /** Tokens of the joined answer at most, at least 1. Default: 512. */
  readonly maxTokens?: number
  /** Is given the answer about each piece as soon as it is there, in document order. `undefined` by default. */
  readonly onPart?: (part: SurveyPart) => void
  /** Ends the survey early; its summary then says `aborted` and holds the parts so far. `undefined` by default. */
  readonly signal?: AbortSignal
}

/** What a survey takes. Every figure is the most that it can be, but for what a template adds to a question, which is estimated. */
export interface SurveyCost {
  /** Pieces that the document is read in. */
  readonly pieces: number
  /** Tokens that run through the model: the document's, and with `join` the answers. */
  readonly readTokens: number
  /** Tokens that the model writes, if no answer ends before its limit. */
  readonly writtenTokens: number
  /**
   * Seconds, at the speed at which this document or its passages were read and answers were written. `undefined` until both were
   * measured.
   */
  readonly seconds?: number
}

/** What the model answered about one piece. */
export interface SurveyPart {
  /** Which piece it is, from 0. */
  readonly index: number
  /** Pieces of the document. */
  readonly pieces: number
  /** The piece. */
  readonly passage: Passage
  /** The answer about it, without lines that hold a number of three or more digits that neither the piece nor the question does; `''` where nothing is left. */
  readonly answer: string
  /** Lines that were left out for that. */
  readonly unfounded: number
  /**
   * Whether fewer than half of the answer's own words stand in the piece, so that it may be made up. An answer in another language
   * than the piece's is doubtful too.
   */
  readonly doubtful: boolean
  /** Whether the answer was cut at the longest that a part may be. */
  readonly cut: boolean
}

/** What is known of a survey once it has ended. */
export interface SurveySummary {
  /** The answers about the pieces, each line once; with `join` the joined answer, `''` where the survey was stopped before it. */
  readonly text: string
  /** The answers about the pieces, in document order. */
  readonly parts: readonly SurveyPart[]
  /** What ended it: see `AnswerSummary`. */
  readonly finish: Exclude<AnswerSummary['finish'], 'absent' | 'stop'>
}

/**
 * A survey under way. Iterating gives lines as they are found; with `join` it gives the joined answer, once every piece was
 * asked. Leaving the loop cancels the survey.
 */
export interface Survey extends AsyncIterable<string> {
  /** Resolves when the survey has ended. */
  readonly summary: Promise<SurveySummary>
}
