import { expect, it } from 'vitest'
import { describe } from './config.ts'

const sizes = { hidden_size: 64, intermediate_size: 96, num_hidden_layers: 6 }

it('a model for pictures is read as the model for texts inside', () => {
  const text_config = sizes
  const outer = { model_type: 'gemma3', architectures: ['Gemma3ForConditionalGeneration'] }
  const gemma = describe({ ...outer, eos_token_id: [1, 106], text_config }, {})
  const expected = { family: 'gemma3_text', heads: 8, kvHeads: 4, vocabulary: 262_208 }
  expect(gemma).toMatchObject({ ...expected, endIds: [1, 106], tiedEmbeddings: true })
  const heads = { ...sizes, num_attention_heads: 4, vocab_size: 300 }
  const mistral3 = { model_type: 'mistral3', text_config: { ...heads, model_type: 'ministral3' } }
  expect(describe(mistral3, {}).family).toBe('ministral3')
  const qwen = { model_type: 'qwen3_5', text_config: sizes, tie_word_embeddings: true }
  expect(describe(qwen, {})).toMatchObject({ family: 'qwen3_5_text', tiedEmbeddings: true })
  const small = { ...heads, vocab_size_per_layer_input: 300, model_type: 'gemma4_text' }
  expect(describe({ model_type: 'gemma4', text_config: small }, {}).family).toBe('gemma4_text')
  expect(() => describe(outer, {})).toThrow('lacks text_config')
  const other = { ...outer, architectures: ['GemmaForPictures'], text_config }
  expect(() => describe(other, {})).toThrow('GemmaForPictures')
})
