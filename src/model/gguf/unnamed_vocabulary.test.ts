import { describe, expect, it } from 'vitest'
import { refusal, unsupported } from '../refusal.fixture.ts'
import { tokenizerOf } from './tokenizer.ts'

describe('a GGUF vocabulary without tokenizer.ggml.pre', () => {
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
