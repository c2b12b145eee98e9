// A small config.json without its family, for tests of what a family reads beside the shapes.
import type { ModelDescription } from '../../api/description.ts'
import { describe } from '../config.ts'

const shape = {
  hidden_size: 64,
  intermediate_size: 96,
  num_hidden_layers: 6,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  vocab_size: 300,
}

export function read(config: object): ModelDescription {
  return describe({ ...shape, ...config }, {})
}

export function frequencies({ attention }: ModelDescription, layer = 0): readonly number[] {
  const own = attention[layer]
  if (!own) throw new Error(`layer ${layer} has no attention`)
  return own.rotary.frequencies
}
