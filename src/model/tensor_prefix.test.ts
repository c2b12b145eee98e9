import { expect, it } from 'vitest'
import { withoutPrefixes } from './tensor_prefix.ts'

const name = 'model.layers.0.self_attn.q_proj.weight'

it.each([
  '_orig_mod.',
  'module.',
  'language_model.',
  'module._orig_mod.',
  '_orig_mod.module.language_model.',
])('takes %s off', (prefix) => {
  expect(withoutPrefixes(prefix + name)).toBe(name)
  expect(withoutPrefixes(`${prefix}lm_head.weight`)).toBe('lm_head.weight')
})

it('takes the newer place of a language model off', () => {
  expect(withoutPrefixes('model.language_model.layers.0.mlp.up_proj.weight')).toBe(
    'model.layers.0.mlp.up_proj.weight',
  )
})

it.each([name, 'lm_head.weight', 'module.bias', 'vision_tower.module.weight'])(
  'leaves %s',
  (one) => {
    expect(withoutPrefixes(one)).toBe(one)
  },
)
