import { expect } from 'vitest'
import { at } from '../../reference/at.ts'
import { gather, merge as reference } from '../../reference/merge.ts'
import { rotate } from '../../reference/rotary.ts'
import { paddedHead } from '../plan/cache_bytes.ts'
import { attentionShape, uploadAttended } from '../testing/attention.ts'
import { expectClose, gpuTest, tolerance } from '../testing/gpu.ts'
import { unequal } from '../testing/heads.ts'
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
    const [count, merged, padding] = [23, 6, 2]
    const slots = unequal(kvHeads, 40)
    const cache = scoredCache(shape, slots, slots, storage)
    // the other heads merge fewer, into later slots
    const heads = cache.heads.map(({ offset, slots: own }, head) => {
      return { offset, others: count - head, first_merged: own - 23 }
    })
    const residuals = Array.from({ length: merged }, (_, i) => 3 * i + 1)
    const weights = randomValues(kvHeads * merged * count, 3).map((value) => value + 1)
    const gathered = heads.map(({ offset, others }) => {
      const listed = Array.from({ length: others }, (_, i) => i)
      return gather(cache, offset, listed, shape, rotates === 1)
    })
    const wide = paddedHead(headSize)
    const beside = new Float32Array(padding * 2 * wide).fill(1e9) // padding that may not be read
    const sources = gathered.flatMap((rows) => {
      const left = count - rows.length / (2 * headSize)
      return [
        ...beside,
        ...padRows(rows, headSize, wide),
        ...new Float32Array(left * 2 * wide).fill(1e9),
        ...beside,
      ]
    })
    const { keys, values, rope_table } = uploadAttended(gpu, shape, cache, cache.origins, storage)
    const [origins, scores] = [gpu.upload(cache.origins), gpu.upload(cache.scores)]
    const originOf = (head: number, other: number) => at(cache.origins, heads[head]!.offset + other)
    await gpu.run(
      merge[storage],
      { KV_HEADS: kvHeads, HEAD_SIZE: headSize, ROTATES: rotates },
      { others: count, padding, merged, heads },
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
        rope_table,
        keys,
        values,
        scores,
      },
      mergeGrid(merged, headSize, kvHeads),
    )
    gathered.forEach((rows, head) => {
      const { offset, others, first_merged } = heads[head]!
      const own = Float32Array.from({ length: merged * others }, (_, i) => {
        const [out, source] = [Math.floor(i / others), i % others]
        return at(weights, (head * merged + out) * count + source)
      })
      const made = reference(own, rows, merged)
      residuals.forEach((other, i) => {
        const slot = offset + first_merged + i
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
