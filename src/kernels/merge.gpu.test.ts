import { expect } from 'vitest'
import { at } from '../../reference/at.ts'
import { gather, merge as reference } from '../../reference/merge.ts'
import { rotate } from '../../reference/rotary.ts'
import { paddedHead } from '../cache/cache.ts'
import { attentionShape, uploadAttended } from '../testing/attention.ts'
import { expectClose, gpuTest, tolerance } from '../testing/gpu.ts'
import { scoredCache } from '../testing/merging.ts'
import { randomValues } from '../testing/random.ts'
import { padRows, stored } from '../testing/rows.ts'
import { merge, mergeGrid } from './merge.ts'

gpuTest.for([
  [1, 2, 'f32', 0],
  [2, 10, 'f16', 1],
  [3, 64, 'f32', 1],
  [2, 80, 'f32', 0],
] as const)(
  '%d kv heads of size %d, %s, rotation %d',
  async ([kvHeads, headSize, storage, rotates], { gpu }) => {
    const shape = attentionShape(kvHeads, kvHeads, headSize)
    const [slots, count, merged, padding, first] = [40, 23, 6, 2, 17]
    const cache = scoredCache(shape, slots, slots, storage)
    const listed = Array.from({ length: count }, (_, i) => i)
    const residuals = Array.from({ length: merged }, (_, i) => 3 * i + 1)
    const weights = randomValues(kvHeads * merged * count, 3).map((value) => value + 1)
    const gathered = listed
      .slice(0, kvHeads)
      .map((head) => gather(cache, head, listed, shape, rotates === 1))
    const wide = paddedHead(headSize)
    const beside = new Float32Array(padding * 2 * wide).fill(1e9) // may not count
    const sources = gathered.flatMap((rows) => [
      ...beside,
      ...padRows(rows, headSize, wide),
      ...beside,
    ])
    const { keys, values, turns } = uploadAttended(gpu, shape, cache, cache.origins, storage)
    const [origins, scores] = [gpu.upload(cache.origins), gpu.upload(cache.scores)]
    const originOf = (head: number, other: number) => at(cache.origins, head * slots + other)
    await gpu.run(
      merge[storage],
      { HEAD_SIZE: headSize, ROTATES: rotates },
      { others: count, padding, merged, first_merged: first, capacity: slots },
      {
        weights: gpu.upload(weights),
        sources: gpu.upload(Float32Array.from(sources)),
        residuals: gpu.upload(
          Uint32Array.from(
            gathered.flatMap((_, head) =>
              residuals.flatMap((other) => [other, originOf(head, other)]),
            ),
          ),
        ),
        origins,
        turns,
        keys,
        values,
        scores,
      },
      mergeGrid(merged, headSize, kvHeads),
    )
    gathered.forEach((rows, head) => {
      const own = weights.subarray(head * merged * count, (head + 1) * merged * count)
      const made = reference(own, rows, merged)
      residuals.forEach((other, i) => {
        const slot = head * slots + first + i
        const key = made.subarray(2 * i * headSize, (2 * i + 1) * headSize)
        const value = made.subarray((2 * i + 1) * headSize, (2 * i + 2) * headSize)
        const back = rotates === 1 ? rotate(key, -originOf(head, other), shape.rotary) : key
        cache.keys.set(stored(back, storage), slot * headSize)
        cache.values.set(stored(value, storage), slot * headSize)
        cache.origins[slot] = originOf(head, other)
        cache.scores[slot] = -3.4e38
      })
    })
    const allowed = storage === 'f16' ? tolerance.half : tolerance.attention
    expectClose(await gpu.readCache(keys, headSize, storage), cache.keys, allowed)
    expectClose(await gpu.readCache(values, headSize, storage), cache.values, allowed)
    expect(await gpu.readWords(origins)).toEqual(cache.origins)
    expect(await gpu.readValues(scores)).toEqual(cache.scores)
  },
)
