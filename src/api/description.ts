// What a model is: the one typed record that every architecture fills in and everything downstream reads.

/** Rotary position embedding: pair i of a head turns by `position · frequencies[i]`. */
export interface Rotary {
  /** (rotated / 2), f32: scaling of any kind is worked in; empty in a layer without positions */
  readonly frequencies: readonly number[]
  /** what takes their place in a buffer of more than `above` positions (LongRoPE) */
  readonly long?: { readonly above: number; readonly frequencies: readonly number[] }
  /** what turned queries and keys are multiplied by: LongRoPE's attention factor, else 1 */
  readonly gain: number
}

/** How one layer looks back. */
export interface LayerAttention {
  readonly rotary: Rotary
  /** newest slots a token sees, its own among them; undefined for all (full attention) */
  readonly window: number | undefined
}

/** The feed-forward layer's activation: silu, or gelu in its tanh form. */
export type Activation = 'silu' | 'gelu'

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
  /** norms multiply by normOffset + weight: 1 in Gemma, whose weights are stored around zero, else 0 */
  readonly normOffset: number
  readonly activation: Activation
  /** what embeddings are multiplied by: √hidden in Gemma, else 1 */
  readonly embeddingScale: number
  /** what q · k is multiplied by: 1 / √headSize almost everywhere */
  readonly attentionScale: number
  /** scores become cap · tanh(score / cap); undefined leaves them (Gemma 2) */
  readonly attentionCap: number | undefined
  /** the same for the logits */
  readonly logitCap: number | undefined
  /** (layers) */
  readonly attention: readonly LayerAttention[]
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

/** A list of tensors is one matrix: theirs, stacked in this order. */
export interface LayerTensorNames {
  /** (hidden) */
  readonly attentionNorm: string
  /** ((heads + 2 · kvHeads) · headSize, hidden): q, k and v, or one that holds them all */
  readonly qkv: readonly string[]
  /** ((heads + 2 · kvHeads) · headSize), in as many parts as qkv */
  readonly qkvBias?: readonly string[]
  /** (headSize), the norms of every query head and of every key head */
  readonly headNorms?: { readonly query: string; readonly key: string }
  /** (hidden, heads · headSize) */
  readonly attentionOutput: string
  /** (hidden), a norm of what attention adds to the residual stream */
  readonly attentionPostNorm?: string
  /** (hidden) */
  readonly feedForwardNorm: string
  /** (2 · feedForward, hidden): gate and up, or one that holds both */
  readonly gateUp: readonly string[]
  /** (hidden, feedForward) */
  readonly down: string
  /** (hidden), a norm of what the feed-forward layer adds to the residual stream */
  readonly feedForwardPostNorm?: string
}
