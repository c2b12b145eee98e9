import { expect } from 'vitest'
import { gpuTest } from '../testing/gpu.ts'
import { randomValues } from '../testing/random.ts'
import { shareScores, shareScoresGrid } from './share_scores.ts'

gpuTest('every head gets the tokens’ scores, the unforetold the highest', async ({ gpu }) => {
  const [kvHeads, slots, rows, firstSlot] = [3, 100, 70, 20]
  const values = randomValues(rows, 1)
  const scores = gpu.upload(new Float32Array(kvHeads * slots).fill(-7))
  await gpu.run(
    shareScores,
    {},
    { rows, unforetold: 1, first_slot: firstSlot, capacity: slots },
    { values: gpu.upload(values), scores },
    shareScoresGrid(rows, kvHeads),
  )
  const got = await gpu.readValues(scores)
  for (let head = 0; head < kvHeads; head++) {
    const row = got.subarray(head * slots, (head + 1) * slots)
    expect(row[firstSlot]).toBeGreaterThan(1e38)
    expect(row.subarray(firstSlot + 1, firstSlot + rows)).toEqual(values.subarray(1))
    expect([...row.subarray(0, firstSlot), ...row.subarray(firstSlot + rows)]).toEqual(
      new Array(slots - rows).fill(-7),
    )
  }
})
