// Every tensor and every field that changes results is used or refused by name.
import { expect, describe as group, it } from 'vitest'
import type { Checkpoint } from './checkpoint.ts'
import { describe } from './config.ts'
import { familyOf, configOf } from './gguf/config.ts'
import { refuseHeader } from './gguf/refused.ts'
import { blobFile } from '../files/blob_file.ts'
import { blockFormats } from './gguf/blocks.ts'
import { ggufCheckpoint } from './gguf/checkpoint.ts'
import type { GgufHeader, GgufTensor } from './gguf/header.ts'
import { tokenizerOf } from './gguf/tokenizer.ts'
import { checkTensors, requiredTensors } from './required_tensors.ts'
import { tinyModel } from './tiny_model.fixture.ts'

const shape = {
  hidden_size: 64,
  intermediate_size: 96,
  num_hidden_layers: 2,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  vocab_size: 300,
}
const llama = { ...shape, model_type: 'llama' }

function refusal(read: () => unknown): unknown {
  try {
    read()
  } catch (error) {
    return error
  }
  return undefined
}

const unsupported = (message: string) => ({
  code: 'unsupported-model',
  message: expect.stringContaining(message) as string,
})

group('a config.json', () => {
  it.each([
    ['mlp_bias', true],
    ['residual_multiplier', 0.22],
    ['embedding_multiplier', 12],
    ['logits_scaling', 8],
    ['logit_scale', 0.0625],
    ['clip_qkv', 8],
    ['use_qk_norm', true],
    ['attn_logit_softcapping', 50],
    ['final_logit_softcapping', 30],
  ])('with %s is refused by its name, but not where it has no effect', (name, value) => {
    expect(refusal(() => describe({ ...llama, [name]: value }, {}))).toMatchObject(
      unsupported(name),
    )
    for (const none of [null, false]) {
      expect(() => describe({ ...llama, [name]: none }, {})).not.toThrow()
    }
  })

  it.each([
    { ffn_config: { moe_num_experts: 16 } },
    { text_config: { num_experts: 128 } },
    { moe_num_experts: [64, 64] },
    { model_type: 'mixtral' },
    { model_type: 'qwen3_moe' },
  ])('with %j is a mixture of experts', (fields) => {
    expect(refusal(() => describe({ ...shape, model_type: 'llama', ...fields }, {}))).toMatchObject(
      unsupported('mixture of experts is not supported ('),
    )
  })

  it('with one expert or none is no mixture', () => {
    for (const num_experts of [0, 1, null])
      expect(() => describe({ ...llama, num_experts }, {})).not.toThrow()
  })

  it.each(['llama', 'qwen3', 'smollm3'])(
    'of %s with attention_bias has biases on q, k, v and o',
    (model_type) => {
      const read = (fields: object) => describe({ ...shape, model_type, ...fields }, {})
      const attention = 'model.layers.1.self_attn'
      expect(read({ attention_bias: true }).tensors.layers[1]).toMatchObject({
        qkvBias: ['q', 'k', 'v'].map((x) => `${attention}.${x}_proj.bias`),
        attentionOutputBias: `${attention}.o_proj.bias`,
      })
      expect(read({ attention_bias: false }).tensors.layers[1]).not.toHaveProperty('qkvBias')
    },
  )

  it.each(['num_local_experts', 'num_experts', 'n_routed_experts'])(
    'with %s is a mixture of experts, whatever its type',
    (name) => {
      for (const model_type of ['llama', 'mixtral', 'qwen2_moe']) {
        expect(refusal(() => describe({ ...shape, model_type, [name]: 8 }, {}))).toMatchObject(
          unsupported(`mixture of experts is not supported (${name} 8)`),
        )
      }
    },
  )

  it('rotates plainly where rope_scaling is empty, and not where it lacks its type', () => {
    const plain = describe(llama, {})
    expect(describe({ ...llama, rope_scaling: {} }, {})).toEqual(plain)
    expect(describe({ ...llama, rope_scaling: { type: null } }, {})).toEqual(plain)
    expect(describe({ ...llama, rope_parameters: {} }, {})).toEqual(plain)
    expect(() => describe({ ...llama, rope_scaling: { factor: 4 } }, {})).toThrow('lacks type')
  })

  it.each(['yarn', 'dynamic', 'mrope'])(
    'with rotary scaling of type %s is refused by it',
    (type) => {
      const scaled = { ...llama, rope_scaling: { type, factor: 4 } }
      expect(refusal(() => describe(scaled, {}))).toMatchObject(
        unsupported(`rope scaling of type ${type}`),
      )
    },
  )

  it('of qwen2 has no window where it is null, used or not', () => {
    for (const use_sliding_window of [true, false]) {
      const config = { ...shape, model_type: 'qwen2', use_sliding_window, sliding_window: null }
      const windows = describe(config, {}).attention.map(({ window }) => window)
      expect(windows).toEqual([undefined, undefined])
    }
  })
})

group('a checkpoint', () => {
  const model = tinyModel()

  function withTensor(name: string): Checkpoint {
    const shapes = new Map(requiredTensors(model)).set(name, [12])
    return {
      tensors: new Map([...shapes].map(([name, shape]) => [name, { name, shape, bytes: 0 }])),
      rows: () => expect.unreachable(),
      close: () => undefined,
    }
  }

  it.each([
    'model.layers.0.self_attn.q_proj.bias',
    'model.layers.1.self_attn.o_proj.bias',
    'model.layers.0.mlp.down_proj.bias',
    'model.layers.0.self_attn.q_norm.weight',
    'model.layers.2.input_layernorm.weight',
    'model.layers.0.mlp.down_proj.weight_scale',
    'lm_head.bias',
    'blk.0.attn_sinks.weight',
    'blk.0.ssm_a',
    'output.bias',
    'token_embd_norm.weight',
    'position_embd.weight',
  ])('with %s is refused by its name', (name) => {
    expect(refusal(() => checkTensors(model, withTensor(name)))).toMatchObject(unsupported(name))
  })

  it.each(['blk.0.ffn_gate_exps.weight', 'model.layers.0.mlp.experts.0.up_proj.weight'])(
    'with %s is a mixture of experts',
    (name) => {
      expect(refusal(() => checkTensors(model, withTensor(name)))).toMatchObject(
        unsupported('mixture of experts is not supported'),
      )
    },
  )

  it.each([
    'model.layers.0.self_attn.rotary_emb.inv_freq',
    'rope_freqs.weight',
    'lm_head.weight',
    'vision_tower.blocks.0.weight',
  ])('with %s is read: it changes nothing', (name) => {
    expect(() => checkTensors(model, withTensor(name))).not.toThrow()
  })
})

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

  it('says so of biases on q, k and v', () => {
    const read = (names: readonly string[]) => describe(configOf(header({}, names), {}), {})
    expect(read([]).tensors.layers[1]?.qkvBias).toBeUndefined()
    expect(read(['blk.0.attn_q.bias']).tensors.layers[1]?.qkvBias).toEqual([
      'model.layers.1.self_attn.q_proj.bias',
      'model.layers.1.self_attn.k_proj.bias',
      'model.layers.1.self_attn.v_proj.bias',
    ])
    expect(familyOf(header({})).interleaved).toBe(true)
    expect(read(['blk.0.attn_output.bias']).tensors.layers[1]).toMatchObject({
      attentionOutputBias: 'model.layers.1.self_attn.o_proj.bias',
    })
  })

  it('has the biases of q and k in the order of their rows, v as it lies', async () => {
    const { format, values } = {
      format: blockFormats['F32']!,
      values: Float32Array.from({ length: 8 }, (_, i) => i),
    }
    const file = blobFile(new Blob([values]), 'bias.gguf', () => undefined)
    const tensors = ['blk.0.attn_q.bias', 'blk.0.attn_k.bias', 'blk.0.attn_v.bias'].map(
      (name): GgufTensor => ({ name, shape: [8], type: 'F32', format, start: 0, bytes: 32 }),
    )
    const heads = { 'llama.attention.head_count': 2, 'llama.attention.head_count_kv': 1 }
    const checkpoint = ggufCheckpoint(file, { metadata: { ...metadata, ...heads }, tensors })
    const read = async (name: string) => {
      const all: number[] = []
      for await (const slice of checkpoint.rows(`model.layers.0.self_attn.${name}_proj.bias`))
        all.push(...slice.values)
      return all
    }
    // two heads of 4 dimensions whose pairs lie side by side, then one of 8
    expect(await read('q')).toEqual([0, 2, 1, 3, 4, 6, 5, 7])
    expect(await read('k')).toEqual([0, 2, 4, 6, 1, 3, 5, 7])
    expect(await read('v')).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
  })

  it.each([
    ['attention.clamp_kqv', 8],
    ['attention.max_alibi_bias', 8],
    ['attention.scale', 0.5],
    ['logit_scale', 0.1],
    ['residual_scale', 0.2],
    ['embedding_scale', 12],
    ['rope.scaling.type', 'yarn'],
  ])('with %s is refused by its name', (key, value) => {
    const read = () => describe(configOf(header({ [`llama.${key}`]: value }), {}), {})
    expect(refusal(read)).toMatchObject(unsupported(key === 'rope.scaling.type' ? 'yarn' : key))
  })

  it('with experts is a mixture of experts, whatever its architecture', () => {
    for (const architecture of ['llama', 'qwen3moe', 'gpt-oss']) {
      const key = `${architecture}.expert_count`
      expect(refusal(() => refuseHeader({ [key]: 4 }, [], 'a.gguf'))).toMatchObject(
        unsupported(`mixture of experts is not supported (${key} 4)`),
      )
    }
    const tensors = ['token_embd.weight', 'blk.0.ffn_gate_exps.weight']
    expect(refusal(() => refuseHeader({}, tensors, 'a.gguf'))).toMatchObject(
      unsupported('mixture of experts is not supported (tensor blk.0.ffn_gate_exps.weight)'),
    )
    expect(() => refuseHeader({ 'llama.expert_count': 0 }, [], 'a.gguf')).not.toThrow()
  })

  it('of a part names the others and how to join them', () => {
    const refused = (file: string) =>
      refusal(() => refuseHeader({ 'split.count': 3 }, [], file)) as Error
    expect(refused('https://host/x-00002-of-00003.gguf')).toMatchObject(
      unsupported(
        'https://host/x-00002-of-00003.gguf is one of 3 parts of a split GGUF file (the others: x-00001-of-00003.gguf, x-00003-of-00003.gguf);',
      ),
    )
    expect(refused('ann/tiny:x-00002-of-00003.gguf').message).toContain(
      'llama-gguf-split --merge x-00001-of-00003.gguf x.gguf',
    )
    expect(refused('renamed.gguf').message).toMatch(/one of 3 parts .* --merge renamed\.gguf/)
    expect(() => refuseHeader({ 'split.count': 1 }, [], 'x.gguf')).not.toThrow()
  })
})

group('a GGUF vocabulary without tokenizer.ggml.pre', () => {
  const vocabulary = (length: number, marks: readonly string[]) => ({
    metadata: {
      'tokenizer.ggml.model': 'gpt2',
      'tokenizer.ggml.tokens': [
        ...marks,
        ...Array.from({ length: length - marks.length }, (_, i) => `t${i}`),
      ],
      'tokenizer.ggml.bos_token_id': 0,
      'tokenizer.ggml.merges': [],
    },
    tensors: [],
  })
  const named = (length: number, marks: readonly string[], pre: string) => {
    const { metadata, tensors } = vocabulary(length, marks)
    return tokenizerOf({ metadata: { ...metadata, 'tokenizer.ggml.pre': pre }, tensors })
  }

  it.each([
    ['llama-bpe', 128_256, ['<|begin_of_text|>', '<|eot_id|>']],
    ['qwen2', 151_936, ['<|endoftext|>', '<|im_start|>']],
    ['smollm', 49_152, ['<|endoftext|>', '<gh_stars>', '<jupyter_start>']],
    ['gpt-2', 50_257, ['<|endoftext|>']],
  ])('is known as %s', (pre, length, marks) => {
    expect(tokenizerOf(vocabulary(length, marks))).toEqual(named(length, marks, pre))
  })

  it('that is not known is refused by the field', () => {
    expect(refusal(() => tokenizerOf(vocabulary(4096, ['<|end|>'])))).toMatchObject(
      unsupported('the GGUF file lacks tokenizer.ggml.pre, and its vocabulary of 4,096 tokens'),
    )
  })
})
