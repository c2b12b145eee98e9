// LoCoCo (arXiv 2406.05317): heavy are the slots that the latest chunk attended to most; the others are merged.
import { scoreByLastQueries } from './attention_sums.ts'
import { mergeOthers } from './merge_others.ts'
import type { Policy } from '../forward/policy.ts'

export const lococo: Policy = {
  evicts: true,
  observe: (layer) => scoreByLastQueries(layer, Infinity),
  evict: mergeOthers,
}
