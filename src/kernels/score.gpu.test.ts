import { emptyCache } from '../../reference/model.ts'
import { score as reference } from '../../reference/score.ts'
import { padded } from '../model/matrix.ts'
import { attentionShape } from '../testing/attention.ts'
import { expectClose, gpuTest, tolerance } from '../testing/gpu.ts'
import { headRowsOf, unequal } from '../testing/heads.ts'
import { randomValues } from '../testing/random.ts'
import { score } from './score.ts'

gpuTest.for([
  [1, 1],
  [2, 24],
  [3, 70],
  [8, 1024],
] as const)('%d kv heads, hidden width %d', async ([kvHeads, width], { gpu }) => {
  const rows = 9
  const firstSlots = unequal(kvHeads, 7)
  const hidden = randomValues(rows * width, 1).map((value) => 8 * value)
  const fc2 = randomValues(kvHeads * width, 2)
  const bias = randomValues(width, 3)
  const cache = emptyCache(attentionShape(kvHeads, kvHeads, 2), unequal(kvHeads, 20))
  cache.scores.fill(-7) // the other slots keep their scores
  const scores = gpu.upload(cache.scores)
  await gpu.run(
    score,
    { KV_HEADS: kvHeads },
    { width, row_width: padded(width), heads: headRowsOf(cache, firstSlots) },
    {
      hidden: gpu.uploadRows(hidden, width),
      bias: gpu.upload(bias),
      fc2: gpu.upload(fc2),
      scores,
    },
    [rows],
  )
  reference(hidden, { fc2, bias }, cache, firstSlots)
  expectClose(await gpu.readValues(scores), cache.scores, tolerance.sum)
})
