// Models by shape alone, with random weights, so that a bench needs no files. Budget, chunk and the rest follow from
// `maxPositions` by the product's defaults (plan/settings.ts).
import { describe } from '../model/config.ts'
import { requiredTensors } from '../model/required_tensors.ts'
import type { DeltaNetShape, ModelDescription } from '../api/description.ts'

type Dimensions =
  'layers' | 'hidden' | 'heads' | 'kvHeads' | 'headSize' | 'feedForward' | 'vocabulary'

export interface Shape extends Pick<ModelDescription, Dimensions | 'maxPositions'> {
  /** d_R of the retaining heads; 1024 in the official ones (Locret §3.3) */
  readonly retainingWidth: number
  /** gated delta nets in all layers but every so many */
  readonly deltaNets?: { readonly attentionEvery: number; readonly heads: DeltaNetShape }
}

/** From small to large. */
export const shapes = {
  /** shape of the end-to-end tests, with fewer slots */
  tiny: {
    layers: 2,
    hidden: 24,
    heads: 2,
    kvHeads: 1,
    headSize: 8,
    feedForward: 32,
    vocabulary: 260,
    maxPositions: 512,
    retainingWidth: 16,
  },
  /** llama2.c `stories260K`, with fewer slots */
  stories: {
    layers: 5,
    hidden: 64,
    heads: 8,
    kvHeads: 4,
    headSize: 8,
    feedForward: 172,
    vocabulary: 512,
    maxPositions: 256,
    retainingWidth: 64,
  },
  /** one layer as wide as in small real models, for software adapters */
  'wide-layer': {
    layers: 1,
    hidden: 512,
    heads: 8,
    kvHeads: 2,
    headSize: 64,
    feedForward: 1408,
    vocabulary: 4096,
    maxPositions: 256,
    retainingWidth: 256,
  },
  /** layers and heads of SmolLM2-135M with narrow matrices: its attention and evictions, for software adapters */
  'smollm-attention': {
    layers: 30,
    hidden: 32,
    heads: 9,
    kvHeads: 3,
    headSize: 64,
    feedForward: 1536,
    vocabulary: 1024,
    maxPositions: 8192,
    retainingWidth: 256,
  },
  /** HuggingFaceTB/SmolLM2-135M */
  'smollm-135m': {
    layers: 30,
    hidden: 576,
    heads: 9,
    kvHeads: 3,
    headSize: 64,
    feedForward: 1536,
    vocabulary: 49_152,
    maxPositions: 8192,
    retainingWidth: 1024,
  },
  /** Qwen/Qwen2.5-0.5B, without its biases */
  'qwen-0.5b': {
    layers: 24,
    hidden: 896,
    heads: 14,
    kvHeads: 2,
    headSize: 64,
    feedForward: 4864,
    vocabulary: 151_936,
    maxPositions: 32_768,
    retainingWidth: 1024,
  },
  /** Qwen/Qwen3.5-0.8B */
  'qwen-0.8b': {
    layers: 24,
    hidden: 1024,
    heads: 8,
    kvHeads: 2,
    headSize: 256,
    feedForward: 3584,
    vocabulary: 248_320,
    maxPositions: 32_768,
    retainingWidth: 1024,
    deltaNets: {
      attentionEvery: 4,
      heads: { keyHeads: 16, valueHeads: 16, keySize: 128, valueSize: 128, sharing: 'neighbours' },
    },
  },
  /** meta-llama/Llama-3.2-1B */
  'llama-1b': {
    layers: 16,
    hidden: 2048,
    heads: 32,
    kvHeads: 8,
    headSize: 64,
    feedForward: 8192,
    vocabulary: 128_256,
    maxPositions: 131_072,
    retainingWidth: 1024,
  },
  /** meta-llama/Llama-3.1-8B, with tied embeddings */
  'llama-8b': {
    layers: 32,
    hidden: 4096,
    heads: 32,
    kvHeads: 8,
    headSize: 128,
    feedForward: 14_336,
    vocabulary: 128_256,
    maxPositions: 131_072,
    retainingWidth: 1024,
  },
} as const satisfies Record<string, Shape>

export type ShapeName = keyof typeof shapes

export const shapeNames = Object.keys(shapes) as readonly ShapeName[]

/** A Llama of this shape, or a Qwen 3.5, with tied embeddings. */
export function describeShape(shape: Shape): ModelDescription {
  const config = {
    model_type: 'llama',
    hidden_size: shape.hidden,
    intermediate_size: shape.feedForward,
    num_hidden_layers: shape.layers,
    num_attention_heads: shape.heads,
    num_key_value_heads: shape.kvHeads,
    head_dim: shape.headSize,
    vocab_size: shape.vocabulary,
    max_position_embeddings: shape.maxPositions,
    tie_word_embeddings: true,
  }
  return describe({ ...config, ...(shape.deltaNets && hybridConfig(shape.deltaNets)) }, {})
}

function hybridConfig({ attentionEvery, heads }: NonNullable<Shape['deltaNets']>) {
  return {
    model_type: 'qwen3_5_text',
    full_attention_interval: attentionEvery,
    linear_num_key_heads: heads.keyHeads,
    linear_num_value_heads: heads.valueHeads,
    linear_key_head_dim: heads.keySize,
    linear_value_head_dim: heads.valueSize,
  }
}

/** Parameters of the model, without its retaining heads. */
export function parametersOf(shape: Shape): number {
  const required = requiredTensors(describeShape(shape))
  return [...required.values()].reduce(
    (sum, axes) => sum + axes.reduce((product, axis) => product * axis, 1),
    0,
  )
}
