import { expect, test } from 'vitest'
import { at } from '../../reference/at.ts'
import { emptyCache } from '../../reference/model.ts'
import { runningMean as reference } from '../../reference/running_mean.ts'
import { attentionShape } from '../testing/attention.ts'
import { expectClose, gpuTest, tolerance } from '../testing/gpu.ts'
import { unequal } from '../testing/heads.ts'
import { randomValues } from '../testing/random.ts'
import { runningMean, runningMeanGrid } from './running_mean.ts'

gpuTest('two kv heads, old slots and new ones', async ({ gpu }) => {
  const [kvHeads, rows, firstOrigin] = [2, 40, 2800]
  const firstSlots = unequal(kvHeads, 100)
  const occupied = firstSlots.map((slot) => slot + rows)
  const cache = emptyCache(
    attentionShape(kvHeads, kvHeads, 2),
    occupied.map((own) => own + 10),
  )
  cache.scores.set(randomValues(cache.scores.length, 1))
  const heads = cache.heads.map(({ offset, slots }, head) => {
    const firstSlot = at(firstSlots, head)
    cache.scores.fill(NaN, offset + firstSlot, offset + slots) // new slots have no score yet
    for (let slot = 0; slot < slots; slot++) {
      cache.origins[offset + slot] =
        slot < firstSlot ? 6 * slot + head : firstOrigin + slot - firstSlot
    }
    return { offset, occupied: at(occupied, head) }
  })
  const all = randomValues(cache.scores.length, 2).map((value) => value + 1)
  const scores = gpu.upload(cache.scores)
  await gpu.run(
    runningMean,
    { KV_HEADS: kvHeads },
    { first_origin: firstOrigin, rows, heads },
    { sums: gpu.upload(all), origins: gpu.upload(cache.origins), scores },
    runningMeanGrid(Math.max(...occupied), kvHeads),
  )
  const inUse = (values: Float32Array) =>
    Float32Array.from(
      heads.flatMap(({ offset, occupied: own }) => [...values.subarray(offset, offset + own)]),
    )
  reference(inUse(all), cache, occupied, firstOrigin, rows)
  expectClose(inUse(await gpu.readValues(scores)), inUse(cache.scores), tolerance.sum)
})

test('blocks of queries give the mean that all of them at once give', () => {
  const queries = 30
  const attention = (query: number, token: number) =>
    token > query ? 0 : Math.abs(at(randomValues(1, 100 * query + token), 0))
  const mean = (blocks: readonly number[]) => {
    const cache = emptyCache(attentionShape(1, 1, 2), queries)
    cache.origins.set(cache.origins.map((_, slot) => slot))
    let first = 0
    for (const rows of blocks) {
      const sums = Float32Array.from({ length: first + rows }, (_, token) =>
        Array.from({ length: rows }, (_, row) => attention(first + row, token)).reduce(
          (sum, share) => sum + share,
          0,
        ),
      )
      reference(sums, cache, [sums.length], first, rows)
      first += rows
    }
    return [...cache.scores]
  }
  const inBlocks = mean([7, 1, 1, 12, 9])
  mean([queries]).forEach((value, slot) => expect(inBlocks[slot]).toBeCloseTo(value, 5))
})
