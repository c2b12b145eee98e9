// What each family's config.json says beyond the shapes. That the numbers mean what transformers takes them to mean, the
// fixtures show (fixtures/families.py).
import { describe as group, expect, it } from 'vitest'
import { exaone4 } from './exaone4.ts'
import { frequencies, read } from './small_config.fixture.ts'
import { rotatedOf } from '../rotated.ts'
import type { ModelDescription } from '../../api/description.ts'
import { ofAttention } from '../../testing/of_attention.ts'

const windows = ({ attention }: ModelDescription) => attention.map((own) => own?.window)

it('smollm3: no rotation in every fourth layer, or where the file says so', () => {
  const rotations = (config: object) =>
    read({ model_type: 'smollm3', ...config }).attention.map((own) => rotatedOf(own!.rotary))
  expect(rotations({})).toEqual([16, 16, 16, 0, 16, 16])
  expect(rotations({ no_rope_layer_interval: 2 })).toEqual([16, 0, 16, 0, 16, 0])
  expect(rotations({ no_rope_layers: [1, 1, 0, 1, 1, 0] })).toEqual([16, 16, 0, 16, 16, 0])
  expect(() => rotations({ no_rope_layers: [1] })).toThrow('no_rope_layers must list 6 layers')
})

it('qwen2: biases; a window only where it is used', () => {
  const model = read({ model_type: 'qwen2', sliding_window: 32, max_window_layers: 4 })
  expect(ofAttention(model.tensors.layers[1]).qkvBias).toContain(
    'model.layers.1.self_attn.k_proj.bias',
  )
  expect(new Set(windows(model))).toEqual(new Set([undefined]))
  const used = { use_sliding_window: true, sliding_window: 32, max_window_layers: 4 }
  const last = [undefined, undefined, undefined, undefined, 32, 32]
  expect(windows(read({ model_type: 'qwen2', ...used }))).toEqual(last)
})

it('qwen3: head norms, heads of 128 unless the file says otherwise', () => {
  const model = read({ model_type: 'qwen3' })
  expect(model.headSize).toBe(128)
  expect(ofAttention(model.tensors.layers[0]).headNorms?.key).toBe(
    'model.layers.0.self_attn.k_norm.weight',
  )
  expect(read({ model_type: 'qwen3', head_dim: 16 }).headSize).toBe(16)
})

group('phi3', () => {
  it('stacks q, k and v in one tensor', () => {
    const { tensors } = read({ model_type: 'phi3' })
    expect(ofAttention(tensors.layers[2]).qkv).toEqual(['model.layers.2.self_attn.qkv_proj.weight'])
    expect(tensors.layers[2]!.gateUp).toEqual(['model.layers.2.mlp.gate_up_proj.weight'])
  })

  it('128k: two sets of frequencies and a gain', () => {
    const model = read({
      model_type: 'phi3',
      max_position_embeddings: 131_072,
      original_max_position_embeddings: 4096,
      rope_scaling: {
        type: 'su', // as the first files called it
        short_factor: Array(8).fill(1),
        long_factor: [1, 2, 3, 4, 5, 6, 7, 8],
      },
    })
    const { rotary } = model.attention[0]!
    expect(rotary.long?.above).toBe(4096)
    expect(rotary.frequencies[7]! / rotary.long!.frequencies[7]!).toBeCloseTo(8, 5)
    expect(rotary.gain).toBeCloseTo(Math.sqrt(1 + Math.log(32) / Math.log(4096)), 9)
  })
})

it('mistral: a window in every layer; null is none', () => {
  expect(windows(read({ model_type: 'mistral' }))).toEqual(Array(6).fill(4096))
  const none = read({ model_type: 'mistral', sliding_window: null })
  expect(windows(none)).toEqual(Array(6).fill(undefined))
})

group('gemma', () => {
  it('2: caps, scales and every other layer local', () => {
    const model = read({ model_type: 'gemma2', query_pre_attn_scalar: 144, sliding_window: 32 })
    expect(model).toMatchObject({
      headSize: 256,
      normOffset: 1,
      activation: 'gelu',
      embeddingScale: 8,
      attentionScale: 1 / 12,
      attentionCap: 50,
      logitCap: 30,
      tiedEmbeddings: true,
    })
    expect(windows(model)).toEqual([32, undefined, 32, undefined, 32, undefined])
    const { attentionCap } = read({ model_type: 'gemma2', attn_logit_softcapping: null })
    expect(attentionCap).toBeUndefined()
    expect(model.tensors.layers[0]).toMatchObject({
      attentionPostNorm: 'model.layers.0.post_attention_layernorm.weight',
      feedForwardNorm: 'model.layers.0.pre_feedforward_layernorm.weight',
    })
  })

  it('3: local layers on a base of their own, in either style', () => {
    const older = read({
      model_type: 'gemma3_text',
      sliding_window: 16,
      sliding_window_pattern: 3,
      rope_theta: 1_000_000,
      rope_local_base_freq: 10_000,
      rope_scaling: { rope_type: 'linear', factor: 8 },
    })
    expect(windows(older)).toEqual([16, 16, undefined, 16, 16, undefined])
    expect(frequencies(older, 0)[0]).toBe(1)
    expect(frequencies(older, 2)[0]).toBe(1 / 8)
    const full = 'full_attention'
    const local = 'sliding_attention'
    const newer = read({
      model_type: 'gemma3_text',
      sliding_window: 16,
      layer_types: [local, local, full, local, local, full],
      rope_parameters: {
        full_attention: { rope_type: 'linear', factor: 8, rope_theta: 1_000_000 },
        sliding_attention: { rope_type: 'default', rope_theta: 10_000 },
      },
    })
    expect(newer).toEqual(older)
  })

  it('3: a layer of an unknown type is refused', () => {
    const layer_types = Array(6).fill('chunked_attention')
    expect(() => read({ model_type: 'gemma3_text', layer_types })).toThrow(
      'layers of type chunked_attention are not supported',
    )
  })
})

group('granite', () => {
  const multipliers = {
    embedding_multiplier: 12,
    residual_multiplier: 0.5,
    attention_multiplier: 0.25,
    logits_scaling: 8,
    rms_norm_eps: 1e-5,
  }

  it('3: multipliers, worked into scales and ε', () => {
    expect(read({ model_type: 'granite', ...multipliers })).toMatchObject({
      embeddingScale: 24,
      attentionScale: 0.25,
      logitScale: 1 / 8,
      normEpsilon: 4e-5,
    })
  })

  it('4: no positions unless the file says so; Mamba layers are refused', () => {
    const sizes = { num_local_experts: 0, shared_intermediate_size: 48 }
    const given = { model_type: 'granitemoehybrid', ...sizes, ...multipliers }
    const all = { ...given, layer_types: Array(6).fill('attention') }
    const plain = read(all)
    expect(plain.feedForward).toBe(48)
    expect(frequencies(plain)).toEqual([])
    expect(frequencies(read({ ...all, position_embedding_type: 'rope' }))).toHaveLength(8)
    const mixed = { ...all, layer_types: [...Array<string>(5).fill('mamba'), 'attention'] }
    expect(() => read(mixed)).toThrow('layers of type mamba are not supported')
    expect(() => read(given)).toThrow('lacks layer_types')
    expect(() => read({ ...all, layer_types: ['attention'] })).toThrow('layer_types names 1 layers')
  })
})

it('ernie4_5: rotary pairs lie side by side; biases are refused', () => {
  expect(read({ model_type: 'ernie4_5' })).toMatchObject({ pairs: 'side by side', headSize: 128 })
  expect(() => read({ model_type: 'ernie4_5', use_bias: true })).toThrow('use_bias')
})

it('olmo2 and exaone4: norms after each half of a layer and none before', () => {
  for (const [model_type, over] of [
    ['olmo2', 'all heads'],
    ['exaone4', 'each head'],
  ] as const) {
    const layer = read({ model_type, sliding_window: null }).tensors.layers[1]!
    expect(layer).not.toHaveProperty('attentionNorm')
    expect(layer).not.toHaveProperty('feedForwardNorm')
    expect(layer).toMatchObject({
      attentionPostNorm: 'model.layers.1.post_attention_layernorm.weight',
      headNorms: { over },
    })
  }
})

it('exaone4: full layers have no positions where the others have a window', () => {
  const model = read({ model_type: 'exaone4', sliding_window: 32 })
  expect(windows(model)).toEqual([32, 32, 32, undefined, 32, 32])
  expect([2, 3].map((layer) => frequencies(model, layer).length)).toEqual([8, 0])
  const plain = read({ model_type: 'exaone4', sliding_window: null })
  expect(new Set(windows(plain))).toEqual(new Set([undefined]))
  expect(frequencies(plain, 3)).toHaveLength(8)
})

it('exaone4: a file of llama.cpp lists the layers that have a window', () => {
  const values: Record<string, unknown> = {
    'attention.sliding_window': 24,
    'attention.sliding_window_pattern': [false, true, true, false, false, true],
  }
  const sizes = { hidden_size: 64, num_attention_heads: 4, num_hidden_layers: 6, head_dim: 16 }
  const own = exaone4.gguf!.config((key) => values[key], sizes)
  const model = read({ model_type: 'exaone4', ...own })
  expect(windows(model)).toEqual([undefined, 24, 24, undefined, undefined, 24])
})
