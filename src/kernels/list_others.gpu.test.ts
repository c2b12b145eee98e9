import { expect } from 'vitest'
import { at } from '../../reference/at.ts'
import { listOthers as reference } from '../../reference/merge.ts'
import { select } from '../../reference/select.ts'
import { attentionShape } from '../testing/attention.ts'
import { gpuTest } from '../testing/gpu.ts'
import { unequal } from '../testing/heads.ts'
import { scoredCache } from '../testing/merging.ts'
import { listOthers } from './list_others.ts'

gpuTest.for([
  { kvHeads: 1, occupied: 20, pinned: 0, survivors: 12, first: 0, last: 0, merged: 5 },
  { kvHeads: 3, occupied: 700, pinned: 0, survivors: 300, first: 4, last: 30, merged: 120 },
  { kvHeads: 2, occupied: 400, pinned: 90, survivors: 60, first: 0, last: 9, merged: 20 },
])('%o', async ({ kvHeads, merged, ...eviction }, { gpu }) => {
  // the other heads have more slots to merge and more to keep
  const inUse = unequal(kvHeads, eviction.occupied)
  const slots = inUse.map((own) => own + 6)
  const cache = scoredCache(attentionShape(kvHeads, kvHeads, 2), slots, inUse, 'f32')
  const evictions = cache.heads.map(({ offset, occupied }) => {
    const more = occupied - eviction.occupied
    return { ...eviction, offset, occupied, survivors: eviction.survivors + Math.floor(more / 3) }
  })
  // few distinct scores, so that both thresholds fall among equals
  cache.scores.set(cache.scores.map((score) => Math.round(6 * score)))
  const heavy = evictions.map((own) => ({ ...own, survivors: own.survivors - merged }))
  const choices = [heavy, evictions].flatMap((chosen) => [...select(cache.scores, chosen)])
  const counts = heavy.map(({ pinned, occupied, survivors }) => occupied - pinned - survivors)
  const most = Math.max(...counts)
  const others = gpu.upload(new Uint32Array(kvHeads * most))
  const residuals = gpu.upload(new Uint32Array(2 * kvHeads * merged))
  await gpu.run(
    listOthers,
    { KV_HEADS: kvHeads },
    { others: most, merged, heads: evictions },
    {
      thresholds: gpu.upload(Uint32Array.from(choices)),
      scores: gpu.upload(cache.scores),
      origins: gpu.upload(cache.origins),
      others,
      residuals,
    },
    [kvHeads],
  )
  const expected = evictions.map((own) => reference(cache, own, merged))
  const listed = await gpu.readWords(others)
  expected.forEach(({ slots: all }, head) => {
    expect([...listed.subarray(head * most, head * most + at(counts, head))]).toEqual(all)
  })
  expect([...(await gpu.readWords(residuals))]).toEqual(
    expected.flatMap(({ slots: all, residuals: chosen }, head) =>
      chosen.flatMap((other) => [other, cache.origins[evictions[head]!.offset + all[other]!]]),
    ),
  )
})
