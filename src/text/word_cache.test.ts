import { BPE, Tokenizer as Library } from '@huggingface/tokenizers'
import { expect, it } from 'vitest'
import { randomText } from '../testing/random_text.ts'
import * as small from '../testing/small_tokenizers.ts'
import { replaceWordCache, wordCache } from './word_cache.ts'

it('keeps the words used last, and no more than twice its capacity', () => {
  const cache = wordCache(10)
  for (let i = 0; i < 100; i++) {
    cache.put(`word ${i}`, [String(i)])
    expect(cache.get('word 0')).toEqual(['0'])
  }
  for (let i = 91; i < 100; i++) expect(cache.get(`word ${i}`)).toEqual([String(i)])
  const held = Array.from({ length: 100 }, (_, i) => cache.get(`word ${i}`)).filter(Boolean)
  expect(held.length).toBeLessThanOrEqual(20)
  cache.clear()
  expect(cache.get('word 99')).toBeUndefined()
})

it('changes no ids and serves the library', () => {
  const files = small.byteBpe
  const open = () =>
    new Library(JSON.parse(files.tokenizer) as object, JSON.parse(files.config!) as object)
  const [plain, cached] = [open(), open()]
  replaceWordCache(cached.model)
  const text = randomText(1, 3000)
  for (let i = 0; i < 2; i++) expect(cached.encode(text).ids).toEqual(plain.encode(text).ids)
  expect((cached.model as BPE).cache.get('Ġwater')).toBeDefined()
})
