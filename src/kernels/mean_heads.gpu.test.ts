import { meanHeads as reference } from '../../reference/mean_heads.ts'
import { emptyCache } from '../../reference/model.ts'
import { attentionShape } from '../testing/attention.ts'
import { expectClose, gpuTest, tolerance } from '../testing/gpu.ts'
import { randomValues } from '../testing/random.ts'
import { meanHeads, meanHeadsGrid } from './mean_heads.ts'

gpuTest.for([1, 2, 5])('%d kv heads', async (kvHeads, { gpu }) => {
  const [slots, occupied, pinned] = [150, 140, 30]
  const cache = emptyCache(attentionShape(kvHeads, kvHeads, 2), slots)
  for (const head of cache.heads) head.occupied = occupied
  cache.scores.set(randomValues(cache.scores.length, 1))
  const scores = gpu.upload(cache.scores)
  await gpu.run(
    meanHeads,
    { KV_HEADS: kvHeads },
    { pinned, occupied, capacity: slots },
    { scores },
    meanHeadsGrid(occupied - pinned),
  )
  reference(cache, pinned)
  expectClose(await gpu.readValues(scores), cache.scores, tolerance.sum)
})
