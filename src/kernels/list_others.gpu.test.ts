import { expect } from 'vitest'
import { listOthers as reference } from '../../reference/merge.ts'
import { select } from '../../reference/select.ts'
import { attentionShape } from '../testing/attention.ts'
import { gpuTest } from '../testing/gpu.ts'
import { scoredCache } from '../testing/merging.ts'
import { listOthers } from './list_others.ts'

gpuTest.for([
  { kvHeads: 1, occupied: 20, from: 0, places: 12, first: 0, last: 0, merged: 5 },
  { kvHeads: 3, occupied: 700, from: 0, places: 300, first: 4, last: 30, merged: 120 },
  { kvHeads: 2, occupied: 400, from: 90, places: 60, first: 0, last: 9, merged: 20 },
])('%o', async ({ kvHeads, merged, ...eviction }, { gpu }) => {
  const slots = eviction.occupied + 6
  const cache = scoredCache(attentionShape(kvHeads, kvHeads, 2), slots, eviction.occupied, 'f32')
  // few different scores, so that both choices end among equals
  cache.scores.set(cache.scores.map((score) => Math.round(6 * score)))
  const heavy = { ...eviction, places: eviction.places - merged }
  const choices = [heavy, eviction].flatMap((chosen) => [...select(cache.scores, slots, chosen)])
  const count = eviction.occupied - eviction.from - heavy.places
  const others = gpu.upload(new Uint32Array(kvHeads * count))
  const residuals = gpu.upload(new Uint32Array(2 * kvHeads * merged))
  const { from: pinned, occupied, first, last } = eviction
  await gpu.run(
    listOthers,
    {},
    {
      pinned,
      occupied,
      first,
      last,
      capacity: slots,
      kv_heads: kvHeads,
      others: count,
      merged,
    },
    {
      thresholds: gpu.upload(Uint32Array.from(choices)),
      scores: gpu.upload(cache.scores),
      origins: gpu.upload(cache.origins),
      others,
      residuals,
    },
    [kvHeads],
  )
  const expected = Array.from({ length: kvHeads }, (_, head) =>
    reference(cache, head, eviction, merged),
  )
  expect([...(await gpu.readWords(others))]).toEqual(expected.flatMap(({ slots: all }) => all))
  expect([...(await gpu.readWords(residuals))]).toEqual(
    expected.flatMap(({ slots: all, residuals: chosen }, head) =>
      chosen.flatMap((other) => [other, cache.origins[head * slots + all[other]!]]),
    ),
  )
})
