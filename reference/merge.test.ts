// Merging compared with LoCoCo's compression in PyTorch (fixtures/lococo.py), and invariants of its weights.
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { blend, compress, convolve, merge } from './merge.ts'
import { emptyCache } from './model.ts'

interface Compressed {
  readonly heads: number
  readonly length: number
  readonly dim: number
  readonly memory: number
  readonly merged: number
  readonly kernel: number
  readonly lambda: number
  readonly keys: number[]
  readonly values: number[]
  readonly scores: number[]
  readonly weight: number[]
  readonly bias: number[]
  readonly heavy: number[]
  readonly compressedKeys: number[]
  readonly compressedValues: number[]
}

const official = JSON.parse(
  readFileSync(new URL('../fixtures/lococo.json', import.meta.url), 'utf8'),
) as Compressed
const { heads, length, dim, memory, merged } = official
const shape = {
  heads,
  kvHeads: heads,
  headSize: dim,
  attentionScale: 1,
  attentionCap: undefined,
  window: undefined,
  rotary: { frequencies: [1, 0.1], gain: 1 },
}
const compressor = {
  merged,
  taps: official.kernel,
  weights: Float32Array.from(official.weight),
  bias: Float32Array.from(official.bias),
  lambda: official.lambda,
}
const evictions = Array.from({ length: heads }, (_, head) => {
  return {
    offset: head * length,
    pinned: 0,
    occupied: length,
    survivors: memory,
    first: 0,
    last: 0,
  }
})

function filled() {
  const cache = emptyCache(shape, length)
  cache.keys.set(official.keys)
  cache.values.set(official.values)
  cache.scores.set(official.scores)
  cache.origins.set(cache.origins.map((_, i) => i % length))
  for (const head of cache.heads) head.occupied = length
  return cache
}

/** (head, memory, dim) of the first slots. */
function first(rows: Float32Array): number[] {
  return Array.from({ length: heads }, (_, head) => [
    ...rows.subarray(head * length * dim, (head * length + memory) * dim),
  ]).flat()
}

function expectClose(actual: readonly number[], expected: readonly number[]): void {
  expect(actual).toHaveLength(expected.length)
  actual.forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 5))
}

test('keeps and merges what PyTorch does', () => {
  const cache = filled()
  compress(cache, shape, compressor, evictions, false)
  expectClose(first(cache.keys), official.compressedKeys)
  expectClose(first(cache.values), official.compressedValues)
  const heavy = Array.from({ length: heads }, (_, head) => [
    ...cache.origins.subarray(head * length, head * length + memory - merged),
  ])
  expect(heavy.flat()).toEqual(official.heavy)
})

test('with λ = 0 every merged slot is its residual, turned there and back', () => {
  for (const rotates of [false, true]) {
    const cache = filled()
    compress(cache, shape, { ...compressor, lambda: 0 }, evictions, rotates)
    for (let head = 0; head < heads; head++) {
      for (let slot = 0; slot < memory; slot++) {
        const origin = cache.origins[head * length + slot]!
        const row = (at: number) =>
          [(head * length + at) * dim, (head * length + at + 1) * dim] as const
        expectClose([...cache.keys.slice(...row(slot))], official.keys.slice(...row(origin)))
      }
    }
  }
})

test('merging the same rows gives that row, whatever the weights of a blend', () => {
  const row = [3, -1, 2, 5]
  const sources = Float32Array.from([row, row, row, row, row, row].flat())
  const logits = convolve(sources, {
    ...compressor,
    weights: compressor.weights.subarray(0, merged * row.length * compressor.taps),
  })
  const weights = blend(logits, [0, 1, 2, 3, 5], 0.6)
  const made = merge(weights, sources, merged)
  expectClose([...made], Array.from({ length: merged }, () => row).flat())
})
