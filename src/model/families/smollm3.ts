// SmolLM3: Llama with no rotary positions in every fourth layer. Names and defaults as in transformers, models/smollm3.
import { LongtabError } from '../../api/errors.ts'
import { shown } from '../../api/shown.ts'
import type { Fields } from '../fields.ts'
import { noRotary, readRotary } from '../rotary_config.ts'
import { eachLayer, plainTraits, type Family } from './family.ts'
import { llama, llamaGguf } from './llama.ts'

export const smollm3: Family = {
  ...llama,
  modelType: 'smollm3',
  architecture: 'SmolLM3ForCausalLM',
  defaults: {
    rms_norm_eps: 1e-6,
    max_position_embeddings: 32_768,
    tie_word_embeddings: true,
  },
  refused: ['use_sliding_window'],
  reads: ['attention_bias', 'mlp_bias'],
  traits(config, shape) {
    const rotary = readRotary(config, 2_000_000, shape)
    const rotates = readRotatingLayers(config, shape.layers)
    return {
      ...plainTraits(config, shape),
      attention: eachLayer(shape, (layer) => ({
        rotary: rotates(layer) ? rotary : noRotary,
        window: undefined,
      })),
    }
  },
  gguf: { ...llamaGguf, architecture: 'smollm3' },
}

/** `no_rope_layers` says 1 where a layer has positions and 0 where it has none. */
function readRotatingLayers(config: Fields, layers: number): (layer: number) => boolean {
  const listed = config.raw('no_rope_layers')
  if (listed === undefined) {
    const interval = config.count('no_rope_layer_interval', 4)
    return (layer) => (layer + 1) % interval !== 0
  }
  if (!Array.isArray(listed) || listed.length < layers) {
    throw new LongtabError(
      'bad-file',
      `config.json: no_rope_layers must list ${layers} layers, not ${shown(listed)}`,
    )
  }
  return (layer) => listed[layer] !== 0
}
