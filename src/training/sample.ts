// Input of one training step: a context whose tokens are scored, and questions with answers whose attention gives the
// labels. Each question is asked of the context alone, as in `ask`.

/** Tokens behind the context. Those from `firstAnswer` on are the answer, whose attention makes the labels. */
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
  /** the question is undefined where the context ends with it */
  readonly turns: readonly { readonly question: string | undefined; readonly answer: string }[]
  /** its source for error messages, e.g. `line 12` */
  readonly name: string
}
