// Every tensor and every field that changes results is used or refused by name; those of GGUF in gguf/nothing_ignored.test.ts.
import { expect, describe as group, it } from 'vitest'
import type { Checkpoint } from './checkpoint.ts'
import { describe } from './config.ts'
import { checkTensors, requiredTensors } from './required_tensors.ts'
import { refusal, unsupported } from './refusal.fixture.ts'
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

group('a config.json', () => {
  it.each([
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

  it.each(['llama', 'granite', 'smollm3'])(
    'of %s with mlp_bias has biases on gate, up and down',
    (model_type) => {
      const read = (fields: object) => describe({ ...shape, model_type, ...fields }, {})
      const mlp = 'model.layers.1.mlp'
      expect(read({ mlp_bias: true }).tensors.layers[1]).toMatchObject({
        gateUpBias: [`${mlp}.gate_proj.bias`, `${mlp}.up_proj.bias`],
        downBias: `${mlp}.down_proj.bias`,
      })
      expect(read({ mlp_bias: false }).tensors.layers[1]).not.toHaveProperty('downBias')
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

  it.each(['dynamic', 'mrope'])('with rotary scaling of type %s is refused by it', (type) => {
    const scaled = { ...llama, rope_scaling: { type, factor: 4 } }
    expect(refusal(() => describe(scaled, {}))).toMatchObject(
      unsupported(`rope scaling of type ${type}`),
    )
  })

  it('of qwen2 has no window where it is null, used or not', () => {
    for (const use_sliding_window of [true, false]) {
      const config = { ...shape, model_type: 'qwen2', use_sliding_window, sliding_window: null }
      const windows = describe(config, {}).attention.map((own) => own?.window)
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
      rowsAt: () => expect.unreachable(),
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
