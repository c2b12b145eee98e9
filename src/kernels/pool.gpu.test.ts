import { at } from '../../reference/at.ts'
import { emptyCache } from '../../reference/model.ts'
import { pool as reference } from '../../reference/pool.ts'
import { mostPooled } from '../plan/settings_rules.ts'
import { attentionShape } from '../testing/attention.ts'
import { expectClose, gpuTest, tolerance } from '../testing/gpu.ts'
import { unequal } from '../testing/heads.ts'
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
    const ends = unequal(kvHeads, end)
    const cache = emptyCache(
      attentionShape(kvHeads, kvHeads, 2),
      ends.map((own) => own + 4),
    )
    const regions = cache.heads.map(({ offset }, i) => ({ offset, first, end: at(ends, i) }))
    cache.scores.set(randomValues(cache.scores.length, 1).map((score) => score - 2)) // all below zero
    const scores = gpu.upload(cache.scores)
    const constants = { KV_HEADS: kvHeads, REACH: reach, HIGHEST: kind === 'highest' ? 1 : 0 }
    await gpu.run(pool, constants, { heads: regions }, { scores }, [kvHeads])
    reference[kind](cache, regions, reach)
    expectClose(await gpu.readValues(scores), cache.scores, tolerance.sum)
  },
)
