// LoCoCo (arXiv 2406.05317). Heavy slots are those that the latest chunk attended to most; the others are merged.
import { compileAttentionSums, scoreByLastQueries } from './attention_sums.ts'
import { mergeOthers } from './merge_others.ts'
import type { OpenPolicy } from '../forward/policy.ts'

export const lococo: OpenPolicy = async (given) => {
  const sums = await compileAttentionSums(given)
  return {
    evicts: true,
    observe: (layer) => scoreByLastQueries(layer, sums, Infinity),
    evict: mergeOthers,
  }
}
