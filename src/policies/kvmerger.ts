// KVMerger (arXiv 2407.08454). Neighbouring slots whose keys are alike, by their cosine, are one set. A set becomes one
// slot: keys and values are summed with the weights of a Gaussian kernel around the set's pivot, the slot that got most
// attention (shaders/merge_sets.wgsl).
//
// The paper puts neighbours into a set where their cosine is above a threshold, so the text decides how many sets there
// are. Here there are as many as the budget: where the cosine is lowest a set begins. Keys are compared and merged before
// rotation, attention is that of the latest chunk, and the kernel's width is the mean distance in the set. All of that is
// ours. A merged slot counts as one slot in later evictions.
import type { CompiledOf } from '../gpu/kernel.ts'
import type { EvictingLayer, Eviction, OpenPolicy } from '../forward/policy.ts'
import { keyStep, keyStepGrid } from '../kernels/key_step.ts'
import { mergeSets } from '../kernels/merge_sets.ts'
import { requireMergeable } from '../plan/merging_shape.ts'
import { compileAttentionSums, scoreByLastQueries } from './attention_sums.ts'
import { moveRows } from './drop.ts'

export const kvmerger: OpenPolicy = async (given) => {
  const { compiler, settings, shape } = given
  const cache = requireMergeable(settings)
  const [sums, step, merge] = await Promise.all([
    compileAttentionSums(given),
    compiler.compile(keyStep[cache], shape),
    compiler.compile(mergeSets[cache], shape),
  ])
  return {
    evicts: true,
    observe: (layer) => scoreByLastQueries(layer, sums, Infinity),
    evict(layer, evictions) {
      listSets(layer, evictions, step)
      mergeEach(layer, evictions, merge)
      moveRows(layer, evictions)
      return []
    },
  }
}

/** Lists the slots in which sets begin: as many as survive. */
function listSets(
  { recorder, kernels, scratch, cache, kept }: EvictingLayer,
  heads: readonly Eviction[],
  step: CompiledOf<(typeof keyStep)['f32']>,
): void {
  const { slotValues: steps, thresholds, badNumbers } = scratch
  const most = Math.max(...heads.map(({ pinned, occupied }) => occupied - pinned))
  const grid = [heads.length] as const
  recorder.run(step, { heads }, { steps, keys: cache.keys }, keyStepGrid(most, heads.length))
  recorder.run(kernels.select, { heads }, { scores: steps, thresholds, noted: badNumbers }, grid)
  recorder.run(kernels.listSurvivors, { heads }, { thresholds, scores: steps, kept }, grid)
}

function mergeEach(
  { recorder, scratch, cache, kept }: EvictingLayer,
  heads: readonly Eviction[],
  merge: CompiledOf<(typeof mergeSets)['f32']>,
): void {
  const { scores, keys, values, origins } = cache
  const most = Math.max(...heads.map(({ survivors }) => survivors))
  recorder.run(
    merge,
    { heads },
    { starts: kept, scores, squares: scratch.slotValues, keys, values, origins },
    [most, heads.length],
  )
}
