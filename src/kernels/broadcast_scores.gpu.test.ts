import { expect } from 'vitest'
import { at } from '../../reference/at.ts'
import { emptyCache } from '../../reference/model.ts'
import { attentionShape } from '../testing/attention.ts'
import { gpuTest } from '../testing/gpu.ts'
import { headRowsOf, unequal } from '../testing/heads.ts'
import { randomValues } from '../testing/random.ts'
import { broadcastScores, broadcastScoresGrid } from './broadcast_scores.ts'

gpuTest('every head gets the tokens’ scores, the unpredicted the highest', async ({ gpu }) => {
  const [kvHeads, rows] = [3, 70]
  const firstSlots = unequal(kvHeads, 20)
  const cache = emptyCache(attentionShape(kvHeads, kvHeads, 2), unequal(kvHeads, 100))
  const values = randomValues(rows, 1)
  const scores = gpu.upload(new Float32Array(cache.scores.length).fill(-7))
  await gpu.run(
    broadcastScores,
    { KV_HEADS: kvHeads },
    { rows, unpredicted: 1, heads: headRowsOf(cache, firstSlots) },
    { values: gpu.upload(values), scores },
    broadcastScoresGrid(rows, kvHeads),
  )
  const got = await gpu.readValues(scores)
  cache.heads.forEach(({ offset, slots }, head) => {
    const row = got.subarray(offset, offset + slots)
    const firstSlot = at(firstSlots, head)
    expect(row[firstSlot]).toBeGreaterThan(1e38)
    expect(row.subarray(firstSlot + 1, firstSlot + rows)).toEqual(values.subarray(1))
    expect([...row.subarray(0, firstSlot), ...row.subarray(firstSlot + rows)]).toEqual(
      new Array(slots - rows).fill(-7),
    )
  })
})
