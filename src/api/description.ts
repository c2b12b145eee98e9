// What a model is: the one typed record that every architecture fills in and everything downstream reads.
import type { CodeStorage } from './settings.ts'

/** Rotary position embedding: pair i of a head turns by `position · frequencies[i]`. */
export interface Rotary {
  /** Radians per position, with scaling of any kind worked in. Shape: (rotated / 2); empty in a layer without positions. */
  readonly frequencies: readonly number[]
  /** LongRoPE: what takes their place in a long buffer. `undefined` in models without it. */
  readonly long?: {
    /** The buffer has more positions than this. */
    readonly above: number
    /** Radians per position. Shape: (rotated / 2). */
    readonly frequencies: readonly number[]
  }
  /** Rotated queries and keys are multiplied by this: the attention factor of LongRoPE and YaRN, else 1. */
  readonly gain: number
  /** Positions that the model computes as the engine does (Ministral 3's original context). `undefined` where all are. */
  readonly within?: number
}

/** How one layer looks back. */
export interface LayerAttention {
  /** How queries and keys are rotated. */
  readonly rotary: Rotary
  /** Newest slots that a token sees, its own among them; `undefined` for all of them (full attention). */
  readonly window: number | undefined
  /** The earlier layer whose keys and values a layer of shared attention reads; `undefined` in others. */
  readonly keysOf?: number
}

/**
 * What mixes tokens in a layer: attention over its own cache, or over that of an earlier layer (Gemma 4). Also a gated
 * convolution over the newest tokens (LFM2), or a state of fixed size that every token changes (Qwen 3.5).
 */
export type LayerKind = 'attention' | 'shared attention' | 'short convolution' | 'gated delta net'

/** What may differ from layer to layer. */
export type LayerShape = Pick<ModelDescription, 'kvHeads' | 'headSize' | 'feedForward'>

/** Heads of a gated delta net. Each value head keeps a matrix of keySize × valueSize. */
export interface DeltaNetShape {
  /** Number of query heads, and of key heads. */
  readonly keyHeads: number
  /** Number of value heads; valueHeads / keyHeads of them share a query and a key. */
  readonly valueHeads: number
  /** Which of them share: those that follow one another, or every keyHeads-th (GGUF files). */
  readonly sharing: 'neighbours' | 'in turn'
  /** Width of a query or key head, a multiple of 16. */
  readonly keySize: number
  /** Width of a value head, a multiple of 16. */
  readonly valueSize: number
}

/** Activation of the feed-forward layer: silu, or gelu in its tanh form. */
export type Activation = 'silu' | 'gelu'

/** Shapes and constants of one decoder-only transformer. */
export interface ModelDescription {
  /** `model_type` of the checkpoint, e.g. `llama`. */
  readonly family: string
  /** Number of layers. */
  readonly layers: number
  /** Width of the residual stream. */
  readonly hidden: number
  /** Number of query heads. */
  readonly heads: number
  /** Number of key/value heads; heads / kvHeads query heads share one. */
  readonly kvHeads: number
  /** Width of one head; it is even. */
  readonly headSize: number
  /** Width of the feed-forward layer. */
  readonly feedForward: number
  /** Number of token ids. */
  readonly vocabulary: number
  /** What RMS norms add to the mean square. */
  readonly normEpsilon: number
  /** Norms multiply by normOffset + weight: 1 in Gemma, whose weights are stored around zero, else 0. */
  readonly normOffset: number
  /** Activation of the feed-forward layer. */
  readonly activation: Activation
  /** Embeddings are multiplied by this: √hidden in Gemma, else 1. */
  readonly embeddingScale: number
  /** The product q · k is multiplied by this: 1 / √headSize almost everywhere. */
  readonly attentionScale: number
  /** Attention scores become cap · tanh(score / cap) (Gemma 2); `undefined` leaves them. */
  readonly attentionCap: number | undefined
  /** Logits are multiplied by this (Granite): 1 almost everywhere. It is worked into the final norm when weights are read. */
  readonly logitScale: number
  /** Logits become cap · tanh(logit / cap) (Gemma 2); `undefined` leaves them. */
  readonly logitCap: number | undefined
  /** Where the checkpoint has the two dimensions of a rotary pair: in the halves of a head, or side by side (ERNIE 4.5). */
  readonly pairs: 'halves' | 'side by side'
  /** What mixes tokens in each layer. Only layers of attention that is not shared have a KV cache. Shape: (layers). */
  readonly kinds: readonly LayerKind[]
  /** How each layer looks back; `undefined` in a layer without attention. Shape: (layers). */
  readonly attention: readonly (LayerAttention | undefined)[]
  /** What a layer has of its own in the place of the model's numbers (Gemma 4); `undefined` where layers are alike. Shape: (layers). */
  readonly shapes?: readonly Partial<LayerShape>[]
  /** Values of the input that every layer has for every token (Gemma 4); `undefined` in models without. */
  readonly layerInputWidth?: number
  /** Tokens that a convolution sees, its own among them: a short convolution, or that of a delta net. 0 in models without. */
  readonly convolutionTaps: number
  /** Heads of gated delta nets; `undefined` in models without. */
  readonly deltaNet: DeltaNetShape | undefined
  /** Whether the output matrix is the embedding matrix. */
  readonly tiedEmbeddings: boolean
  /** Positions that the model was trained for (`max_position_embeddings`). */
  readonly maxPositions: number
  /** Token ids that end an answer. */
  readonly endIds: readonly number[]
  /** The checkpoint's tensor for every role. */
  readonly tensors: TensorNames
  /** What the file holds in blocks of codes that the GPU can read as they are, by tensor; none in files of plain numbers. */
  readonly codes: Readonly<Record<string, CodeStorage>>
}

/** Names of the checkpoint's tensors, by the role they play in the forward pass. */
export interface TensorNames {
  /** Embedding matrix, shape: (vocabulary, hidden). */
  readonly embedding: string
  /** Norm before the output matrix, shape: (hidden). */
  readonly finalNorm: string
  /** Output matrix, shape: (vocabulary, hidden); the embedding's name when tied. */
  readonly output: string
  /** Of the inputs that layers have for every token. `undefined` without. */
  readonly layerInputs?: {
    /** Rows by token, which stay in the file, shape: (vocabulary, layers · layerInputWidth). */
    readonly table: string
    /** Matrix that the embedding is multiplied by, shape: (layers · layerInputWidth, hidden). */
    readonly projection: string
    /** Norm of what it gives each layer, shape: (layerInputWidth). */
    readonly norm: string
  }
  /** Names by layer. Shape: (layers). */
  readonly layers: readonly LayerTensorNames[]
}

/** Names of one layer's tensors. A list of tensors is one matrix: theirs, stacked in this order. */
export type LayerTensorNames = AttentionTensorNames | ConvolutionTensorNames | DeltaNetTensorNames

/** What layers of every kind have. */
export interface CommonTensorNames {
  /** Norm before attention, or before what stands in its place, shape: (hidden). `undefined` without (OLMo 2). */
  readonly attentionNorm?: string
  /** Norm of what attention adds to the residual stream, shape: (hidden). `undefined` without. */
  readonly attentionPostNorm?: string
  /** Norm before the feed-forward layer, shape: (hidden). `undefined` without (OLMo 2). */
  readonly feedForwardNorm?: string
  /** Matrices gate and up, or one that holds both, shape: (2 · feedForward, hidden). */
  readonly gateUp: readonly string[]
  /** Biases of gate and up, in as many parts, shape: (2 · feedForward). `undefined` without. */
  readonly gateUpBias?: readonly string[]
  /** Matrix after the activation, shape: (hidden, feedForward). */
  readonly down: string
  /** What is added to that matrix's product, shape: (hidden). `undefined` without. */
  readonly downBias?: string
  /** Norm of what the feed-forward layer adds to the residual stream, shape: (hidden). `undefined` without. */
  readonly feedForwardPostNorm?: string
  /** What the layer does with its own input. `undefined` without. */
  readonly layerInput?: {
    /** Matrix of the gate, shape: (layerInputWidth, hidden). */
    readonly gate: string
    /** Matrix behind it, shape: (hidden, layerInputWidth). */
    readonly output: string
    /** Norm of what is added to the residual stream, shape: (hidden). */
    readonly norm: string
  }
  /** By which the residual stream is multiplied behind the layer, shape: (1). `undefined` without. */
  readonly scale?: string
  /** Tensors that files have and that take no part in anything. `undefined` for none. */
  readonly unread?: readonly string[]
}

/** Names of the tensors of a layer that is a short convolution. */
export interface ConvolutionTensorNames extends CommonTensorNames {
  /** Tensors that stand in the place of attention's. */
  readonly convolution: {
    /** Matrix of both gates and of the input, shape: (3 · hidden, hidden). */
    readonly gates: string
    /** Weights by channel and token, the oldest first, shape: (hidden, 1, convolutionTaps). */
    readonly weights: string
    /** Matrix after the convolution, shape: (hidden, hidden). */
    readonly output: string
  }
}

/** Names of the tensors of a layer that is a gated delta net. */
export interface DeltaNetTensorNames extends CommonTensorNames {
  /** Tensors that stand in the place of attention's. */
  readonly deltaNet: {
    /**
     * Matrices of q, k and v together; of the output gate; of β; of the decay, shape:
     * (2 · keyHeads · keySize + 2 · valueHeads · valueSize + 2 · valueHeads, hidden).
     */
    readonly mixed: readonly string[]
    /** Weights by channel of q, k and v, and by token, the oldest first, shape: (channels, 1, convolutionTaps). */
    readonly convolution: string
    /** Logarithm of the decay's rate, shape: (valueHeads). */
    readonly rates: string
    /** What is added to a decay before its softplus, shape: (valueHeads). */
    readonly offsets: string
    /** Norm of every value head, without normOffset, shape: (valueSize). */
    readonly norm: string
    /** Matrix after the norm, shape: (hidden, valueHeads · valueSize). */
    readonly output: string
  }
}

/** Names of the tensors of a layer of attention. */
export interface AttentionTensorNames extends CommonTensorNames {
  /**
   * Matrices q, k and v, or one that holds them all, shape: ((heads + 2 · kvHeads) · headSize, hidden). q alone in shared
   * attention. One name twice where values are keys before their norm.
   */
  readonly qkv: readonly string[]
  /**
   * The first of these, where it also has the rows of output gates, behind those of each query head (Qwen 3.5), shape:
   * (2 · heads · headSize, hidden). `undefined` without.
   */
  readonly queryAndGate?: string
  /** Biases of q, k and v, in as many parts as `qkv`, shape: ((heads + 2 · kvHeads) · headSize). `undefined` without. */
  readonly qkvBias?: readonly string[]
  /** Norms of all query heads and of all key heads, or of values too. `undefined` without. */
  readonly headNorms?: {
    /** Whether each head is normed by itself, or all heads of a token together (OLMo 2). */
    readonly over: 'each head' | 'all heads'
    /** What is normed; `undefined` for queries and keys. Values have no weights (Gemma 4). */
    readonly of?: 'queries' | 'queries, keys and values'
    /**
     * What the norms' weights multiply: turned heads, each normed by itself (HunYuan). `undefined` for heads before their
     * rotation.
     */
    readonly weigh?: 'turned heads'
    /** Norm of queries, shape: (headSize) or (heads · headSize). */
    readonly query: string
    /** Norm of keys, shape: (headSize) or (kvHeads · headSize). `undefined` in shared attention. */
    readonly key?: string
  }
  /** Matrix after attention, shape: (hidden, heads · headSize). */
  readonly attentionOutput: string
  /** What is added to that matrix's product, shape: (hidden). `undefined` without. */
  readonly attentionOutputBias?: string
}
