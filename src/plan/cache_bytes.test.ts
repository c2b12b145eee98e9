import { expect, test } from 'vitest'
import { describe as describeModel } from '../model/config.ts'
import { cacheBytes, inEveryHead, keyValueBytes, rowBytes } from './cache_bytes.ts'

const llama = describeModel(
  {
    model_type: 'llama',
    hidden_size: 4096,
    intermediate_size: 14_336,
    num_hidden_layers: 32,
    num_attention_heads: 32,
    num_key_value_heads: 8,
    vocab_size: 128_256,
  },
  {},
)

test('the shape of Llama-3.1-8B takes 128 KiB per token in 16 bits, twice that in 32', () => {
  expect(keyValueBytes(llama, 'f16')).toBe(128 * 1024)
  expect(keyValueBytes(llama, 'f32')).toBe(256 * 1024)
})

test('codes take a byte or half of one, and a row the eight or four of its range', () => {
  expect(rowBytes(64, 'int8')).toBe(64 + 8)
  expect(rowBytes(64, 'int4')).toBe(32 + 4)
  expect(keyValueBytes(llama, 'int8')).toBe(32 * 8 * 2 * 136)
  expect(keyValueBytes(llama, 'int4')).toBe(32 * 8 * 2 * 68)
})

test.each([
  ['f32', 4 * 128],
  ['f16', 2 * 128],
  ['int8', 128 + 8],
  ['int4', 64 + 4],
] as const)(
  'a cache in %s takes rows of %d bytes for keys and values, a score and an origin a slot, and a row of positions',
  (storage, row) => {
    const even = Array.from({ length: 32 }, () => inEveryHead(llama, 6000))
    const inHead = 6000 * (2 * row + 4 + 4)
    expect(cacheBytes(llama, even, storage)).toBe(32 * 8 * inHead + 4 * 6000)
  },
)

test('KV heads of different sizes take what as many slots in even ones do, but for the row of positions', () => {
  const even = Array.from({ length: 32 }, () => inEveryHead(llama, 512))
  const uneven = even.map((heads) =>
    heads.map((slots, head) => slots + (head % 2 === 0 ? 400 : -400)),
  )
  const positions = 4 * (912 - 512)
  expect(cacheBytes(llama, uneven, 'f16')).toBe(cacheBytes(llama, even, 'f16') + positions)
})
