import { at } from '../../reference/at.ts'
import { drawScores as reference } from '../../reference/draw_scores.ts'
import { select } from '../../reference/select.ts'
import { attentionShape } from '../testing/attention.ts'
import { expectClose, gpuTest } from '../testing/gpu.ts'
import { unequal } from '../testing/heads.ts'
import { scoredCache } from '../testing/merging.ts'
import { drawScores, drawScoresGrid } from './draw_scores.ts'

gpuTest.for([
  { kvHeads: 1, occupied: 20, pinned: 0, certain: 7, evicting: [0] },
  { kvHeads: 3, occupied: 150, pinned: 0, certain: 40, evicting: [0, 1, 2] },
  { kvHeads: 3, occupied: 90, pinned: 30, certain: 0, evicting: [1, 2] },
])('%o', async ({ kvHeads, occupied, pinned, certain, evicting }, { gpu }) => {
  const inUse = unequal(kvHeads, occupied)
  const slots = inUse.map((own) => own + 6)
  const cache = scoredCache(attentionShape(kvHeads, kvHeads, 2), slots, inUse, 'f32')
  cache.scores.set(cache.scores.map((score) => Math.round(6 * score))) // several at the threshold
  const heads = evicting.map((head) => {
    const { offset } = cache.heads[head]!
    return { offset, pinned, occupied: at(inUse, head), kv_head: head }
  })
  const evictions = heads.map((head) => ({ ...head, survivors: certain, first: 0, last: 0 }))
  const thresholds = select(cache.scores, evictions)
  const scores = gpu.upload(cache.scores)
  const most = Math.max(...heads.map((head) => head.occupied - pinned))
  await gpu.run(
    drawScores,
    { KV_HEADS: kvHeads },
    { seed: 9, layer: 2, heads },
    { thresholds: gpu.upload(thresholds), origins: gpu.upload(cache.origins), scores },
    drawScoresGrid(most, heads.length),
  )
  reference(cache, evictions, thresholds, 9, 2)
  expectClose(await gpu.readValues(scores), cache.scores, 1e-5)
})
