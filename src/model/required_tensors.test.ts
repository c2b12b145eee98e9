import { expect, it } from 'vitest'
import type { Checkpoint } from './checkpoint.ts'
import { describe } from './config.ts'
import { checkTensors, requiredTensors } from './required_tensors.ts'
import { randomGemma4 } from '../testing/random_gemma4.ts'
import { tinyModel } from './tiny_model.fixture.ts'

const model = tinyModel({ tiedEmbeddings: false })

function checkpoint(shapes: Iterable<readonly [string, readonly number[]]>): Checkpoint {
  const tensors = new Map(
    Array.from(shapes, ([name, shape]) => [name, { name, shape, bytes: 0 }] as const),
  )
  return {
    tensors,
    rows: () => expect.unreachable(),
    rowsAt: () => expect.unreachable(),
    close: () => undefined,
  }
}

it('asks for each tensor once, with its shape', () => {
  const shapes = requiredTensors(model)
  expect(shapes.size).toBe(3 + 9 * model.layers)
  expect(shapes.get('model.layers.1.self_attn.k_proj.weight')).toEqual([8, 12])
  expect(shapes.get('model.layers.0.mlp.down_proj.weight')).toEqual([12, 20])
  expect(shapes.get('lm_head.weight')).toEqual([50, 12])
  expect(requiredTensors(tinyModel({ tiedEmbeddings: true })).has('lm_head.weight')).toBe(false)
})

it('accepts a checkpoint with all of them and more', () => {
  const shapes = new Map(requiredTensors(model)).set('rotary.inv_freq', [2])
  expect(() => checkTensors(model, checkpoint(shapes))).not.toThrow()
})

it('names the first missing tensors and counts the rest', () => {
  const whole = [...requiredTensors(model)]
  const lacks = (names: string) => `the llama checkpoint lacks ${names}; fetch`
  expect(() => checkTensors(model, checkpoint(whole.slice(1)))).toThrow(
    lacks('model.embed_tokens.weight'),
  )
  expect(() => checkTensors(model, checkpoint([]))).toThrow(
    lacks('model.embed_tokens.weight, model.norm.weight, lm_head.weight and 18 more tensors'),
  )
})

it('refuses a convolution without its weights, or of another length', () => {
  const { heads, kvHeads, hidden, feedForward, vocabulary } = model
  const lfm2 = describe(
    {
      model_type: 'lfm2',
      layer_types: ['full_attention', 'conv'],
      num_hidden_layers: 2,
      hidden_size: hidden,
      intermediate_size: feedForward,
      num_attention_heads: heads,
      num_key_value_heads: kvHeads,
      vocab_size: vocabulary,
    },
    {},
  )
  const name = 'model.layers.1.conv.conv.weight'
  const shapes = new Map(requiredTensors(lfm2))
  const check = () => checkTensors(lfm2, checkpoint(shapes))
  for (const accepted of [
    [hidden, 1, 3],
    [hidden, 3], // as in GGUF files
  ]) {
    shapes.set(name, accepted)
    expect(check).not.toThrow()
  }
  shapes.set(name, [hidden, 1, 4])
  expect(check).toThrow(
    `tensor ${name} of the lfm2 checkpoint has shape (${hidden}, 1, 4), expected (${hidden}, 1, 3)`,
  )
  shapes.delete(name)
  expect(check).toThrow(`the lfm2 checkpoint lacks ${name}; fetch`)
})

it('refuses a delta net without its numbers, and leaves out what predicts further tokens', () => {
  const config = { model_type: 'qwen3_5_text', num_hidden_layers: 4, hidden_size: 64 }
  const qwen = describe({ ...config, intermediate_size: 96, vocab_size: 50 }, {})
  const shapes = new Map(requiredTensors(qwen)).set('mtp.layers.0.input_layernorm.weight', [64])
  const check = () => checkTensors(qwen, checkpoint(shapes))
  expect(check).not.toThrow()
  expect(shapes.get('model.layers.3.self_attn.q_proj.weight')).toEqual([2 * 16 * 256, 64])
  expect(shapes.get('model.layers.0.linear_attn.in_proj_qkv.weight')).toEqual([64 * 128, 64])
  shapes.set('model.layers.0.linear_attn.A_log', [16])
  expect(check).toThrow('A_log of the qwen3_5_text checkpoint has shape (16), expected (32)')
  shapes.delete('model.layers.0.linear_attn.A_log')
  expect(check).toThrow('the qwen3_5_text checkpoint lacks model.layers.0.linear_attn.A_log')
})

it('gives both shapes', () => {
  const shapes = new Map(requiredTensors(model)).set('model.norm.weight', [12, 1])
  expect(() => checkTensors(model, checkpoint(shapes))).toThrow(
    'tensor model.norm.weight of the llama checkpoint has shape (12, 1), expected (12)',
  )
})

it('leaves what brings pictures into a text model, and keys of layers that read those of others', () => {
  const { description } = randomGemma4()
  const shapes = new Map(requiredTensors(description))
  expect(shapes.has('model.layers.5.self_attn.k_proj.weight')).toBe(false)
  shapes.set('model.layers.5.self_attn.k_proj.weight', [40, 40])
  shapes.set('model.embed_vision.embedding_projection.weight', [40, 8])
  expect(() => checkTensors(description, checkpoint(shapes))).not.toThrow()
  shapes.set('model.layers.5.self_attn.other.weight', [40, 40])
  expect(() => checkTensors(description, checkpoint(shapes))).toThrow('other.weight')
})
