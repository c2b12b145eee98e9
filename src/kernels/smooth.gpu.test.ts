import { emptyCache } from '../../reference/model.ts'
import { smooth as reference } from '../../reference/smooth.ts'
import { attentionShape } from '../testing/attention.ts'
import { expectClose, gpuTest, tolerance } from '../testing/gpu.ts'
import { randomValues } from '../testing/random.ts'
import { smooth } from './smooth.ts'

gpuTest.for([
  [1, 0, 1],
  [2, 3, 5],
  [3, 0, 256],
  [2, 7, 600],
  [1, 9, 9],
] as const)('%d kv heads, slots %d to %d', async ([kvHeads, pinned, end], { gpu }) => {
  const slots = end + 4
  const cache = emptyCache(attentionShape(kvHeads, kvHeads, 2), slots)
  cache.scores.set(randomValues(cache.scores.length, 1))
  const scores = gpu.upload(cache.scores)
  await gpu.run(smooth, {}, { pinned, end, capacity: slots }, { scores }, [kvHeads])
  reference(cache, kvHeads, pinned, end)
  expectClose(await gpu.readValues(scores), cache.scores, tolerance.sum)
})
