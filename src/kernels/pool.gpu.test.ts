import { emptyCache } from '../../reference/model.ts'
import { pool as reference } from '../../reference/pool.ts'
import { mostPooled } from '../engine/settings.ts'
import { attentionShape } from '../testing/attention.ts'
import { expectClose, gpuTest, tolerance } from '../testing/gpu.ts'
import { randomValues } from '../testing/random.ts'
import { pool } from './pool.ts'

gpuTest.for([
  ['mean', 2, 1, 0, 1],
  ['mean', 2, 2, 3, 5],
  ['mean', 2, 3, 0, 256],
  ['mean', 2, 2, 7, 600],
  ['mean', 2, 1, 9, 9],
  ['highest', 2, 2, 3, 5],
  ['highest', 2, 3, 0, 256],
  ['highest', 7, 2, 7, 600],
  ['highest', 1, 1, 250, 270],
  ['highest', 0, 1, 2, 9],
  ['highest', mostPooled, 1, 5, 700],
] as const)(
  'the %s of %d on either side, %d kv heads, slots %d to %d',
  async ([kind, reach, kvHeads, first, end], { gpu }) => {
    const slots = end + 4
    const cache = emptyCache(attentionShape(kvHeads, kvHeads, 2), slots)
    cache.scores.set(randomValues(cache.scores.length, 1).map((score) => score - 2)) // all below zero
    const scores = gpu.upload(cache.scores)
    const constants = { REACH: reach, HIGHEST: kind === 'highest' ? 1 : 0 }
    await gpu.run(pool, constants, { first, end, capacity: slots }, { scores }, [kvHeads])
    reference[kind](cache, kvHeads, { first, end }, reach)
    expectClose(await gpu.readValues(scores), cache.scores, tolerance.sum)
  },
)
