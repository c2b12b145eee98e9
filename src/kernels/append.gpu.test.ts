import { expect } from 'vitest'
import { append as reference } from '../../reference/append.ts'
import { mix, mixedWidth } from '../../reference/cache_rows.ts'
import type { CacheStorage } from '../api/settings.ts'
import { readBuffer } from '../gpu/readback.ts'
import { padded } from '../model/matrix.ts'
import { attentionShape, filledCache, headConstants, qkvWidth } from '../testing/attention.ts'
import { expectClose, gpuTest, tolerance, type TestGpu } from '../testing/gpu.ts'
import { headRowsOf, unequal } from '../testing/heads.ts'
import { randomValues } from '../testing/random.ts'
import { codedRows } from '../testing/rows.ts'
import { append, appendGrid } from './append.ts'

gpuTest.for([
  [1, 1, 2, 'f16'],
  [4, 2, 10, 'f32'],
  [3, 3, 64, 'f16'],
  [8, 1, 80, 'f32'],
  [14, 7, 128, 'f16'],
  [2, 2, 272, 'f32'], // more eights than lanes
] as const)('%d heads, %d kv heads of size %d, %s', async ([...sizes], { gpu }) => {
  const [heads, kvHeads, headSize, storage] = sizes
  const shape = attentionShape(heads, kvHeads, headSize)
  const width = qkvWidth(shape)
  const rows = 11
  const firstSlots = unequal(kvHeads, 6)
  const slots = unequal(kvHeads, 20)
  const cache = filledCache(shape, slots, slots, storage)
  const qkv = randomValues(rows * width, 4)
  const keys = gpu.uploadCache(cache.keys, headSize, storage)
  const values = gpu.uploadCache(cache.values, headSize, storage)
  const origins = gpu.upload(cache.origins)
  await gpu.run(
    append[storage],
    headConstants(shape),
    {
      first_origin: 70_000,
      qkv_width: padded(width),
      heads: headRowsOf(cache, firstSlots),
    },
    { qkv: gpu.uploadRows(qkv, width), keys, values, origins },
    appendGrid(kvHeads, rows),
  )
  reference(qkv, cache, shape, firstSlots, 70_000)
  const allowed = storage === 'f16' ? tolerance.half : 0
  expectClose(await gpu.readCache(keys, headSize, storage), cache.keys, allowed)
  expectClose(await gpu.readCache(values, headSize, storage), cache.values, allowed)
  expect(await gpu.readWords(origins)).toEqual(cache.origins)
})

gpuTest.for([
  [1, 1, 8, 'int8'],
  [4, 2, 80, 'int8'],
  [2, 2, 272, 'int8'], // more blocks than lanes
  [1, 1, 8, 'int4'],
  [4, 2, 24, 'int4'],
  [3, 3, 64, 'int4'],
  [4, 2, 80, 'int4'],
  [8, 1, 128, 'int4'],
  [2, 1, 264, 'int4'],
] as const)(
  '%d heads, %d kv heads of size %d, %s: half a step from each value at most',
  async ([heads, kvHeads, headSize, storage], { gpu }) => {
    const shape = attentionShape(heads, kvHeads, headSize)
    const width = qkvWidth(shape)
    const rows = 11
    const firstSlots = unequal(kvHeads, 6)
    const slots = unequal(kvHeads, 20)
    const cache = filledCache(shape, slots, slots, storage)
    // rows of all magnitudes: some with an outlier, one of zeros, one far from zero after mixing
    const qkv = randomValues(rows * width, 4).map((value, i) => {
      const row = Math.floor(i / width)
      if (row === 7) return 0
      if (row === 9) return ((i % width) % headSize) % mixedWidth(headSize) === 0 ? -200 : value
      return 10 ** (row - 5) * (i % 37 === 0 ? 30 * value : value)
    })
    const keys = gpu.uploadCache(cache.keys, headSize, storage)
    const values = gpu.uploadCache(cache.values, headSize, storage)
    const origins = gpu.upload(cache.origins)
    await gpu.run(
      append[storage],
      headConstants(shape),
      {
        first_origin: 70_000,
        qkv_width: padded(width),
        heads: headRowsOf(cache, firstSlots),
      },
      { qkv: gpu.uploadRows(qkv, width), keys, values, origins },
      appendGrid(kvHeads, rows),
    )
    const held = [cache.keys.slice(), cache.values.slice()]
    reference(qkv, cache, shape, firstSlots, 70_000)
    expect(await gpu.readWords(origins)).toEqual(cache.origins)
    const levels = storage === 'int8' ? 255 : 15
    for (const [part, buffer] of [keys, values].entries()) {
      const coded = codedRows(await readBuffer(gpu.device, buffer), headSize, storage)
      const decoded = await gpu.readCache(buffer, headSize, storage)
      const appended = new Set(
        headRowsOf(cache, firstSlots).flatMap(({ offset, first_slot }) =>
          Array.from({ length: rows }, (_, row) => offset + first_slot + row),
        ),
      )
      for (let slot = 0; slot < cache.origins.length; slot++) {
        const row = (all: Float32Array) => all.slice(slot * headSize, (slot + 1) * headSize)
        if (!appended.has(slot)) {
          expect(row(decoded)).toEqual(row(held[part]!))
          continue
        }
        const given = row(part === 0 ? cache.keys : cache.values)
        const exact = storage === 'int4' ? mix(given) : given
        const { codes, least, extent } = coded[slot]!
        const largest = Math.max(...exact.map(Math.abs))
        const errors = exact.map((value, i) =>
          Math.abs(least + (extent * codes[i]!) / levels - value),
        )
        expect(Math.max(...errors)).toBeLessThanOrEqual(extent / levels / 2 + 2e-6 * largest)
        const needed = Math.max(...exact) - Math.min(...exact)
        expect(extent).toBeLessThanOrEqual(1.01 * needed + largest / 100)
      }
    }
  },
)

/** Rows of one KV head of size 16 as the cache gives them back: key 0, value 0, key 1, value 1. */
async function storedRows(
  gpu: TestGpu,
  storage: CacheStorage,
  rows: readonly (readonly number[])[],
): Promise<Float32Array[]> {
  const headSize = 16
  const shape = attentionShape(1, 1, headSize)
  const width = qkvWidth(shape)
  const qkv = new Float32Array(2 * width)
  rows.forEach((row, i) => qkv.set(row, (i >> 1) * width + (1 + (i % 2)) * headSize))
  const empty = new Float32Array(2 * headSize)
  const keys = gpu.uploadCache(empty, headSize, storage)
  const values = gpu.uploadCache(empty, headSize, storage)
  await gpu.run(
    append[storage],
    headConstants(shape),
    { first_origin: 0, qkv_width: padded(width), heads: [{ offset: 0, first_slot: 0 }] },
    { qkv: gpu.uploadRows(qkv, width), keys, values, origins: gpu.upload(new Uint32Array(2)) },
    appendGrid(1, 2),
  )
  const stored = [
    await gpu.readCache(keys, headSize, storage),
    await gpu.readCache(values, headSize, storage),
  ]
  return rows.map((_, i) => stored[i % 2]!.slice((i >> 1) * headSize, ((i >> 1) + 1) * headSize))
}

const plainRow = Array.from(randomValues(16, 9))
const withBad = (bad: number, at: number) => plainRow.with(at, bad)

gpuTest('halves: outliers become the largest half, what is no number NaN', async ({ gpu }) => {
  const outliers = [65_504, 65_519, 65_520, 70_000, -65_520, 3.4e38, -3.4e38, 1]
  const bad = [NaN, 2, Infinity, -Infinity, 3, -4, 70_000, 0]
  const rows = [[...outliers, ...bad], plainRow, plainRow, plainRow.toReversed()]
  const [key, ...others] = await storedRows(gpu, 'f16', rows)
  const most = 65_504
  expect([...key!.subarray(0, 8)]).toEqual([most, most, most, most, -most, most, -most, 1])
  expect([...key!.subarray(8)]).toEqual([NaN, 2, NaN, NaN, 3, -4, most, 0])
  for (const [i, other] of others.entries())
    expectClose(other, Float32Array.from(rows[i + 1]!), tolerance.half)
})

gpuTest.for([
  ['int8', NaN],
  ['int8', Infinity],
  ['int8', -Infinity],
  ['int4', NaN],
  ['int4', Infinity],
  ['int4', -Infinity],
] as const)(
  '%s: a row that holds %d holds no number, others theirs',
  async ([storage, bad], { gpu }) => {
    for (const at of [0, 7, 15]) {
      const good = await storedRows(gpu, storage, [plainRow, plainRow, plainRow, plainRow])
      const rows = await storedRows(gpu, storage, [plainRow, withBad(bad, at), plainRow, plainRow])
      expect(rows[1]!.some(Number.isFinite), `bad at ${at}`).toBe(false)
      expect([rows[0], rows[2], rows[3]]).toEqual([good[0], good[2], good[3]])
    }
  },
)
