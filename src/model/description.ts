// What a model is: the one typed record that every architecture fills in and everything downstream reads.

/** Rotary position embedding: angle of pair i at position p is p · base^(−2i / rotated). */
export interface Rotary {
  /** `rope_theta` */
  readonly base: number
  /** head dimensions that rotate, the first ones; the rest pass unchanged */
  readonly rotated: number
}

/** Shapes and constants of one decoder-only transformer. */
export interface ModelDescription {
  /** `model_type` of the checkpoint, e.g. `llama` */
  readonly family: string
  readonly layers: number
  /** width of the residual stream */
  readonly hidden: number
  /** query heads */
  readonly heads: number
  /** key/value heads; heads / kvHeads query heads share one */
  readonly kvHeads: number
  /** width of one head, even */
  readonly headSize: number
  /** width of the feed-forward layer */
  readonly feedForward: number
  readonly vocabulary: number
  readonly normEpsilon: number
  readonly rotary: Rotary
  /** the output matrix is the embedding matrix */
  readonly tiedEmbeddings: boolean
  /** `max_position_embeddings`: positions the model was trained for */
  readonly maxPositions: number
  /** ids that end an answer */
  readonly endIds: readonly number[]
  /** the checkpoint's tensor for every role */
  readonly tensors: TensorNames
}

/** Names of the checkpoint's tensors, by the role they play in the forward pass. */
export interface TensorNames {
  /** (vocabulary, hidden) */
  readonly embedding: string
  /** (hidden) */
  readonly finalNorm: string
  /** (vocabulary, hidden); the embedding's name when tied */
  readonly output: string
  readonly layers: readonly LayerTensorNames[]
}

export interface LayerTensorNames {
  /** (hidden) */
  readonly attentionNorm: string
  /** (heads · headSize, hidden) */
  readonly query: string
  /** (kvHeads · headSize, hidden) */
  readonly key: string
  /** (kvHeads · headSize, hidden) */
  readonly value: string
  /** (hidden, heads · headSize) */
  readonly attentionOutput: string
  /** (hidden) */
  readonly feedForwardNorm: string
  /** (feedForward, hidden) */
  readonly gate: string
  /** (feedForward, hidden) */
  readonly up: string
  /** (hidden, feedForward) */
  readonly down: string
}
