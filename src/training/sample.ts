// What one training step sees: a context whose tokens are judged, and questions with answers whose attention is the
// judge. Each question is asked of the context alone, as `ask` does.

/** Tokens behind the context; those from `firstAnswer` on are the answer, whose attention counts. */
export interface Reply {
  readonly ids: Uint32Array
  readonly firstAnswer: number
}

export interface TrainingSample {
  readonly context: Uint32Array
  readonly replies: readonly Reply[]
}

/** A text to train on, before tokenization. */
export interface TrainingText {
  readonly context: string
  /** a question is undefined where the context ends with it */
  readonly turns: readonly { readonly question: string | undefined; readonly answer: string }[]
  /** where it came from, for errors, e.g. `line 12` */
  readonly name: string
}
