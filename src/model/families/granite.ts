// Granite 3, and Granite 4 where every layer is attention: Llama with four multipliers. Names and defaults as in transformers,
// models/granite and models/granitemoehybrid.
import type { LayerKind, LayerTensorNames } from '../../api/description.ts'
import type { Fields } from '../fields.ts'
import { attentionEverywhere } from '../layer_kinds.ts'
import { readLayerTypes } from '../layer_types.ts'
import { noRotary, readRotary } from '../rotary_config.ts'
import {
  eachLayer,
  plainTraits,
  type Family,
  type GgufFamily,
  type Shape,
  type Traits,
} from './family.ts'
import { llama, llamaGguf, llamaLayer } from './llama.ts'

const multipliers = ['embedding_multiplier', 'residual_multiplier', 'logits_scaling'] as const

const graniteGguf: GgufFamily = {
  ...llamaGguf,
  architecture: 'granite',
  reads: ['attention.scale', 'embedding_scale', 'residual_scale', 'logit_scale'],
  config: (value, { head_dim }) => ({
    attention_multiplier: Number(value('attention.scale') ?? 0) || 1 / Math.sqrt(head_dim),
    embedding_multiplier: value('embedding_scale'),
    residual_multiplier: value('residual_scale'),
    logits_scaling: value('logit_scale'),
    // the key means this in Granite's files
    position_embedding_type: value('rope.scaling.finetuned') === false ? 'nope' : 'rope',
  }),
}

export const granite: Family = {
  ...llama,
  modelType: 'granite',
  architecture: 'GraniteForCausalLM',
  reads: ['attention_bias', 'mlp_bias', ...multipliers],
  traits: (config, shape) => multiplied(config, shape, 'rope'),
  gguf: graniteGguf,
}

/** Granite 4: gate and up in one matrix, positions only where the file says so. Layers of Mamba-2 and experts are refused. */
export const graniteHybrid: Family = {
  ...granite,
  modelType: 'granitemoehybrid',
  architecture: 'GraniteMoeHybridForCausalLM',
  reads: ['attention_bias', ...multipliers],
  feedForward: (config) => config.count('shared_intermediate_size'),
  kinds,
  traits: (config, shape) => multiplied(config, shape, 'nope'),
  tensors: { ...llama.tensors, layer: hybridLayer },
  gguf: undefined, // granite there, where every layer is attention
}

/**
 * The residual stream x is kept divided by the residual multiplier r. Then what a layer adds needs no factor:
 * x/r + f(norm(x)), and RMSNorm(x, ε) is RMSNorm(x/r, ε/r²).
 * @param positions where the file does not say
 */
function multiplied(config: Fields, shape: Shape, positions: 'rope' | 'nope'): Traits {
  const rotates = config.text('position_embedding_type', positions) === 'rope'
  const rotary = rotates ? readRotary(config, 10_000, shape) : noRotary
  const residual = config.positive('residual_multiplier', 1)
  return {
    ...plainTraits(config, shape),
    normEpsilon: config.positive('rms_norm_eps', llama.defaults.rms_norm_eps) / residual ** 2,
    embeddingScale: config.positive('embedding_multiplier', 1) / residual,
    attentionScale: config.positive('attention_multiplier', 1),
    logitScale: 1 / config.positive('logits_scaling', 1),
    attention: eachLayer(shape, () => ({ rotary, window: undefined })),
  }
}

/** Throws where a layer is no attention, and where the file does not say: those would be Mamba's in transformers. */
function kinds(config: Fields, layers: number): readonly LayerKind[] {
  const field = config.has('layers_block_type') ? 'layers_block_type' : 'layer_types'
  readLayerTypes(config, layers, ['full_attention', 'attention'], field)
  return attentionEverywhere(layers)
}

function hybridLayer(index: number): LayerTensorNames {
  const mlp = `model.layers.${index}.shared_mlp`
  return {
    ...llamaLayer(index),
    gateUp: [`${mlp}.input_linear.weight`],
    down: `${mlp}.output_linear.weight`,
  }
}
