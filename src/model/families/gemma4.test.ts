// What config.json says of Gemma 4 beyond the shapes. That the numbers mean what transformers takes them to mean, the fixture
// shows (fixtures/families.py).
import { expect, it } from 'vitest'
import { ofAttention } from '../../testing/of_attention.ts'
import { frequencies, read } from './small_config.fixture.ts'

const [local, full] = ['sliding_attention', 'full_attention']
const gemma4 = (config: object) =>
  read({ model_type: 'gemma4_text', vocab_size_per_layer_input: 300, ...config })
const shared = { layer_types: [local, full, local, full, local, full], num_kv_shared_layers: 2 }

it('has heads of two sizes, and rotates a quarter of the pairs of the large ones', () => {
  const model = gemma4({})
  expect(model).toMatchObject({ headSize: 256, attentionScale: 1, normOffset: 0 })
  expect(model.shapes?.map(({ headSize }) => headSize)).toEqual([
    ...[undefined, undefined, undefined, undefined, undefined, 512],
  ])
  expect(model.attention.map((own) => own?.window)).toEqual([512, 512, 512, 512, 512, undefined])
  expect(frequencies(model, 0)).toHaveLength(128)
  const pairs = frequencies(model, 5)
  expect(pairs).toHaveLength(256)
  expect(pairs.map((frequency) => frequency > 0)).toEqual(pairs.map((_, pair) => pair < 64))
  expect(pairs[63]).toBeCloseTo(1_000_000 ** (-126 / 512), 6)
})

it('shares keys with the last earlier layer of the type; published files have some that are not read', () => {
  const model = gemma4(shared)
  expect(model.kinds.map((kind) => kind === 'attention')).toEqual([
    ...[true, true, true, true, false, false],
  ])
  expect(model.attention.map((own) => own?.keysOf)).toEqual([
    ...[undefined, undefined, undefined, undefined, 2, 3],
  ])
  const layer = ofAttention(model.tensors.layers[4])
  expect(layer.qkv).toEqual(['model.layers.4.self_attn.q_proj.weight'])
  expect(layer.headNorms).not.toHaveProperty('key')
  expect(layer.unread).toContain('model.layers.4.self_attn.v_proj.weight')
})

it('has wide feed-forwards where keys are shared, if the file says so', () => {
  const widths = (config: object) =>
    gemma4({ ...shared, ...config }).shapes?.map(({ feedForward }) => feedForward)
  expect(widths({ use_double_wide_mlp: true })?.slice(3)).toEqual([undefined, 192, 192])
  expect(new Set(widths({}))).toEqual(new Set([undefined]))
})

it('takes keys for values in full layers, and their number of heads, if the file says so', () => {
  const model = gemma4({ attention_k_eq_v: true, num_global_key_value_heads: 1 })
  const [first, last] = [0, 5].map((layer) => ofAttention(model.tensors.layers[layer]).qkv)
  expect(first?.at(-1)).toBe('model.layers.0.self_attn.v_proj.weight')
  expect(last?.at(-1)).toBe('model.layers.5.self_attn.k_proj.weight')
  expect(model.shapes?.map(({ kvHeads }) => kvHeads).slice(4)).toEqual([undefined, 1])
})

it('has inputs of its own for layers, unless the file says that they are of no width', () => {
  const { layerInputWidth, tensors } = gemma4({})
  expect(layerInputWidth).toBe(256)
  expect(tensors.layerInputs?.table).toBe('model.embed_tokens_per_layer.weight')
  for (const none of [0, null]) {
    const without = gemma4({ hidden_size_per_layer_input: none })
    expect(without).not.toHaveProperty('layerInputWidth')
    expect(without.tensors.layers[0]).not.toHaveProperty('layerInput')
  }
})

it.each([
  [{ enable_moe_block: true }, 'enable_moe_block is not supported in gemma4_text models'],
  [{ num_experts: 128 }, 'mixture of experts is not supported (num_experts 128)'],
  [{ use_bidirectional_attention: 'all' }, 'use_bidirectional_attention "all"'],
  [{ num_kv_shared_layers: 6 }, 'leaves layer 0 without an earlier layer of its type'],
  [{ ...shared, num_kv_shared_layers: 5 }, 'leaves layer 1 without an earlier layer of its type'],
  [{ vocab_size_per_layer_input: 200 }, 'vocab_size_per_layer_input 200 is not supported'],
  [{ global_head_dim: 513 }, 'head size 513 is odd'],
  [{ num_global_key_value_heads: 3, attention_k_eq_v: true }, 'not a multiple'],
  [{ per_layer_config: { 1: { window: 3 } } }, 'window of layer 1 in per_layer_config'],
  [{ per_layer_config: { 1: { head_dim: 8 } } }, 'heads of 256 and 8 in layers of one type'],
])('%o is refused', (config, message) => {
  expect(() => gemma4(config)).toThrow(message)
})
