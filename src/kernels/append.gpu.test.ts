import { expect } from 'vitest'
import { append as reference } from '../../reference/append.ts'
import { mix, mixedWidth } from '../../reference/cache_rows.ts'
import { readBuffer } from '../gpu/readback.ts'
import { padded } from '../model/matrix.ts'
import { attentionShape, filledCache, headConstants, qkvWidth } from '../testing/attention.ts'
import { expectClose, gpuTest, tolerance } from '../testing/gpu.ts'
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
