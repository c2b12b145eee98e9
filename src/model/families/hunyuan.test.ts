import { expect, it } from 'vitest'
import { ofAttention } from '../../testing/of_attention.ts'
import { refusal, unsupported } from '../refusal.fixture.ts'
import { frequencies, read } from './small_config.fixture.ts'

const hunyuan = { model_type: 'hunyuan_v1_dense', use_qk_norm: true }

it('weights of norms multiply turned heads', () => {
  const { headNorms } = ofAttention(read(hunyuan).tensors.layers[1])
  expect(headNorms).toMatchObject({
    over: 'each head',
    weigh: 'turned heads',
    key: 'model.layers.1.self_attn.key_layernorm.weight',
  })
})

it.each([
  { rope_theta: 10_000, rope_scaling: { type: 'dynamic', alpha: 1000, factor: 1 } },
  { rope_parameters: { rope_type: 'dynamic', rope_theta: 10_000, alpha: 1000, factor: 1 } },
  { rope_theta: 10_000 * 1000 ** (16 / 14) }, // as a file of llama.cpp has it
])('alpha stretches the base: %j', (fields) => {
  const own = frequencies(read({ ...hunyuan, ...fields }))
  expect(own[0]).toBe(1)
  expect(own[4]).toBeCloseTo(1 / Math.sqrt(10_000 * 1000 ** (16 / 14)), 8)
})

it.each([
  ['rope scaling of type dynamic', { rope_scaling: { type: 'dynamic', factor: 2 } }],
  [
    'rope scaling that multiplies heads by 1.14',
    { rope_scaling: { type: 'yarn', factor: 4, original_max_position_embeddings: 512 } },
  ],
  ['use_cla', { use_cla: true }],
] as const)('%s is refused', (what, fields) => {
  expect(refusal(() => read({ ...hunyuan, ...fields }))).toMatchObject(unsupported(what))
})
