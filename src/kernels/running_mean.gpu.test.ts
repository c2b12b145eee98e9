import { expect, test } from 'vitest'
import { at } from '../../reference/at.ts'
import { emptyCache } from '../../reference/model.ts'
import { runningMean as reference } from '../../reference/running_mean.ts'
import { attentionShape } from '../testing/attention.ts'
import { expectClose, gpuTest, tolerance } from '../testing/gpu.ts'
import { randomValues } from '../testing/random.ts'
import { runningMean, runningMeanGrid } from './running_mean.ts'

gpuTest('two kv heads, old slots and new ones', async ({ gpu }) => {
  const [kvHeads, slots, firstSlot, rows, firstOrigin] = [2, 150, 100, 40, 700]
  const occupied = firstSlot + rows
  const cache = emptyCache(attentionShape(kvHeads, kvHeads, 2), slots)
  cache.scores.set(randomValues(cache.scores.length, 1))
  cache.scores.fill(NaN, firstSlot, slots) // new slots hold nothing yet
  cache.origins.set(
    cache.origins.map((_, i) => {
      const slot = i % slots
      return slot < firstSlot ? 6 * slot + Math.floor(i / slots) : firstOrigin + slot - firstSlot
    }),
  )
  const all = randomValues(kvHeads * slots, 2).map((value) => value + 1)
  const scores = gpu.upload(cache.scores)
  await gpu.run(
    runningMean,
    {},
    { occupied, first_origin: firstOrigin, rows, capacity: slots },
    { sums: gpu.upload(all), origins: gpu.upload(cache.origins), scores },
    runningMeanGrid(occupied, kvHeads),
  )
  const sums = all.filter((_, i) => i % slots < occupied)
  reference(sums, cache, kvHeads, firstOrigin, rows)
  const inUse = (values: Float32Array) => values.filter((_, i) => i % slots < occupied)
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
      reference(sums, cache, 1, first, rows)
      first += rows
    }
    return [...cache.scores]
  }
  const inBlocks = mean([7, 1, 1, 12, 9])
  mean([queries]).forEach((value, slot) => expect(inBlocks[slot]).toBeCloseTo(value, 5))
})
