// Splits before byte-level BPE against Python's `tokenizers` and `regex`, with the patterns that other packages publish
// (fixtures/pre_tokenizers.py).
import { readFileSync } from 'node:fs'
import { Tokenizer } from '@huggingface/tokenizers'
import { describe, expect, it } from 'vitest'
import { preTokenizers } from './pre_tokenizers.ts'

interface Expected {
  readonly texts: readonly string[]
  /** by name in `tokenizer.ggml.pre`: (text, piece) */
  readonly splits: Readonly<Record<string, readonly (readonly string[])[]>>
}

const fixture = new URL('../../../../fixtures/pre_tokenizers.json', import.meta.url)
const { texts, splits } = JSON.parse(readFileSync(fixture, 'utf8')) as Expected
const bytes = (text: string) => new TextEncoder().encode(text).length

describe.each(Object.entries(splits))('%s', (name, expected) => {
  const tokenizer = new Tokenizer(
    {
      version: '1.0',
      added_tokens: [],
      normalizer: null,
      pre_tokenizer: preTokenizers[name]!.steps,
      post_processor: null,
      decoder: null,
      model: { type: 'BPE', vocab: { a: 0 }, merges: [] },
    },
    {},
  )

  it.each(texts.map((text, index) => [text, expected[index]!] as const))('%j', (text, pieces) => {
    const found = tokenizer.pre_tokenizer!.pre_tokenize(text)
    // a letter for every byte
    expect(found.map((piece) => piece.length)).toEqual(pieces.map(bytes))
  })
})

it('names of one splitting are those that llama.cpp takes for one', () => {
  expect(preTokenizers['llama4']).toBe(preTokenizers['gpt-4o'])
  expect(preTokenizers['smaug-bpe']).toBe(preTokenizers['dbrx'])
  expect(preTokenizers['olmo']).toBe(preTokenizers['gpt-2'])
  expect(preTokenizers['exaone4']).toBe(preTokenizers['gpt-2'])
  expect(preTokenizers['hunyuan-dense']).toBe(preTokenizers['deepseek-v3'])
  expect(preTokenizers['refact']).toBe(preTokenizers['smollm'])
  expect(preTokenizers['starcoder']).toBe(preTokenizers['smollm'])
})

it('a text begins with the start token, and whole words stay, in Llama 3 and Tekken alone', () => {
  const names = Object.keys(preTokenizers)
  const llama3 = ['llama-bpe', 'llama-v3', 'llama3', 'lfm2']
  const expected = [...llama3, 'tekken']
  expect(names.filter((name) => preTokenizers[name]!.startsText)).toEqual(expected)
  expect(names.filter((name) => preTokenizers[name]!.ignoresMerges)).toEqual(expected)
})
