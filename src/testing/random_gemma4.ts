// A small random Gemma 4: heads of two sizes, last layers that read keys of earlier ones and have wide feed-forwards, an input
// and a scale in every layer.
import { assemble } from '../../reference/weights.ts'
import { smallShape, type NamedTensor, type RandomModel } from '../../reference/random_model.ts'
import { describe } from '../model/config.ts'
import { requiredTensors } from '../model/required_tensors.ts'
import { randomValues } from './random.ts'

const [local, full] = ['sliding_attention', 'full_attention']

const config = {
  architectures: ['Gemma4ForCausalLM'],
  model_type: 'gemma4_text',
  hidden_size: 40,
  intermediate_size: 56,
  num_hidden_layers: 6,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  head_dim: 12,
  global_head_dim: 20,
  layer_types: [local, full, local, full, local, full],
  num_kv_shared_layers: 2,
  use_double_wide_mlp: true,
  hidden_size_per_layer_input: 12,
  vocab_size: smallShape.vocabulary,
  vocab_size_per_layer_input: smallShape.vocabulary,
  sliding_window: 24,
  max_position_embeddings: smallShape.maxPositions,
  rms_norm_eps: 1e-5,
  bos_token_id: 256,
  eos_token_id: 257,
}

/** Norms far enough from zero that every step shows in the logits. */
function drawn(name: string, shape: readonly number[], seed: number): NamedTensor {
  const count = shape.reduce((product, axis) => product * axis, 1)
  const [, width = 1] = shape
  const values = randomValues(count, seed)
  if (name.endsWith('layer_scalar')) return { name, shape, values: Float32Array.of(0.8) }
  if (shape.length === 1) return { name, shape, values: values.map((value) => 1 + 0.2 * value) }
  return { name, shape, values: values.map((value) => (3 * value) / Math.sqrt(width)) }
}

export function randomGemma4(): RandomModel {
  const description = describe(config, {})
  const tensors = [...requiredTensors(description)].map(([name, shape], i) =>
    drawn(name, shape, i + 1),
  )
  const byName = new Map(tensors.map(({ name, values }) => [name, values]))
  const reference = assemble(description, byName)
  return { config, description, tensors, heads: [], reference }
}
