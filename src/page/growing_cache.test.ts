import { expect, it } from 'vitest'
import { describe as describeModel } from '../model/config.ts'
import { bytesPerToken } from './growing_cache.ts'

it('counts 128 KiB per token for the shape of Llama-3.1-8B in 16 bits, twice that in 32', () => {
  const model = describeModel(
    {
      model_type: 'llama',
      hidden_size: 4096,
      intermediate_size: 14_336,
      num_hidden_layers: 32,
      num_attention_heads: 32,
      num_key_value_heads: 8,
      vocab_size: 128_256,
    },
    {},
  )
  expect(bytesPerToken(model, 'f16')).toBe(128 * 1024)
  expect(bytesPerToken(model, 'f32')).toBe(256 * 1024)
})
