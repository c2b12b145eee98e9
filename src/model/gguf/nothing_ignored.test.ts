// Every field of a GGUF header that changes results is used or refused by name.
import { expect, describe as group, it } from 'vitest'
import { describe } from '../config.ts'
import { refusal, unsupported } from '../refusal.fixture.ts'
import { configOf, familyOf } from './config.ts'
import type { GgufHeader } from './header.ts'
import { ofAttention } from '../../testing/of_attention.ts'

group('a GGUF header', () => {
  const metadata = {
    'general.architecture': 'llama',
    'llama.embedding_length': 64,
    'llama.feed_forward_length': 96,
    'llama.block_count': 2,
    'llama.attention.head_count': 4,
    'llama.context_length': 512,
    'llama.attention.layer_norm_rms_epsilon': 1e-5,
  }
  const header = (more: object, names: readonly string[] = []): GgufHeader =>
    ({
      metadata: { ...metadata, ...more },
      tensors: ['token_embd.weight', ...names].map((name) => ({ name, shape: [300, 64] })),
    }) as unknown as GgufHeader

  it('says so of biases on q, k and v, on o, and on gate, up and down', () => {
    const read = (names: readonly string[]) => describe(configOf(header({}, names), {}), {})
    expect(ofAttention(read([]).tensors.layers[1]).qkvBias).toBeUndefined()
    expect(ofAttention(read(['blk.0.attn_q.bias']).tensors.layers[1]).qkvBias).toEqual([
      'model.layers.1.self_attn.q_proj.bias',
      'model.layers.1.self_attn.k_proj.bias',
      'model.layers.1.self_attn.v_proj.bias',
    ])
    expect(familyOf(header({})).interleaved).toBe(true)
    expect(read(['blk.0.attn_output.bias']).tensors.layers[1]).toMatchObject({
      attentionOutputBias: 'model.layers.1.self_attn.o_proj.bias',
    })
    expect(read(['blk.0.ffn_down.bias']).tensors.layers[1]).toMatchObject({
      gateUpBias: ['model.layers.1.mlp.gate_proj.bias', 'model.layers.1.mlp.up_proj.bias'],
      downBias: 'model.layers.1.mlp.down_proj.bias',
    })
  })

  it.each([
    ['attention.clamp_kqv', 8],
    ['attention.max_alibi_bias', 8],
    ['attention.scale', 0.5],
    ['logit_scale', 0.1],
    ['residual_scale', 0.2],
    ['embedding_scale', 12],
    ['rope.scaling.type', 'dynamic'],
  ])('with %s is refused by its name', (key, value) => {
    const read = () => describe(configOf(header({ [`llama.${key}`]: value }), {}), {})
    expect(refusal(read)).toMatchObject(unsupported(key === 'rope.scaling.type' ? 'dynamic' : key))
  })
})
