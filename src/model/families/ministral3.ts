// Ministral 3: Mistral with YaRN. From its original context on, queries would grow with their positions, which the engine does
// not compute: a buffer must stay within it. Names and defaults as in transformers, models/ministral3.
import { Fields } from '../fields.ts'
import { readRotary } from '../rotary_config.ts'
import { eachLayer, plainTraits, type Family } from './family.ts'
import { llama, llamaGguf } from './llama.ts'

/** What transformers assumes where the file has no `rope_parameters`. */
const usualRotation = {
  rope_type: 'yarn',
  rope_theta: 1_000_000,
  factor: 16,
  original_max_position_embeddings: 16_384,
  beta_fast: 32,
  beta_slow: 1,
  mscale: 1,
  mscale_all_dim: 1,
  llama_4_scaling_beta: 0.1,
}

export const ministral3: Family = {
  ...llama,
  modelType: 'ministral3',
  architecture: 'Ministral3ForCausalLM',
  wrapper: { modelType: 'mistral3', architecture: 'Mistral3ForConditionalGeneration' },
  defaults: {
    rms_norm_eps: 1e-5,
    max_position_embeddings: 262_144,
    tie_word_embeddings: false,
    head_dim: 128,
  },
  refused: [],
  reads: [],
  traits(config, shape) {
    const given = ['rope_parameters', 'rope_scaling'].find((name) => config.has(name))
    const rotating = given ? config : new Fields({ rope_parameters: usualRotation }, 'config.json')
    const plain = readRotary(rotating, 1_000_000, shape)
    const parameters = rotating.group(given ?? 'rope_parameters')
    const rotary = parameters?.has('llama_4_scaling_beta')
      ? { ...plain, within: parameters.count('original_max_position_embeddings') }
      : plain
    const window = config.has('sliding_window') ? config.count('sliding_window') : undefined
    return {
      ...plainTraits(config, shape),
      attention: eachLayer(shape, () => ({ rotary, window })),
    }
  },
  gguf: {
    ...llamaGguf,
    architecture: 'mistral3',
    config: (value) => ({ rope_scaling: ggufRotation(value) }),
  },
}

/** Files of Mistral 3 without YaRN have this architecture too. */
function ggufRotation(value: (key: string) => unknown): object {
  if (value('rope.scaling.type') !== 'yarn') return { type: 'default' }
  return {
    type: 'yarn',
    factor: value('rope.scaling.factor'),
    original_max_position_embeddings: value('rope.scaling.original_context_length'),
    beta_fast: value('rope.scaling.yarn_beta_fast'),
    beta_slow: value('rope.scaling.yarn_beta_slow'),
    mscale: 1,
    mscale_all_dim: value('rope.scaling.yarn_log_multiplier'),
    llama_4_scaling_beta: value('attention.temperature_scale'),
  }
}
