// KVMerger (arXiv 2407.08454): sets of neighbouring slots with like keys become one slot each. Kernel by kernel as on the
// GPU; the differences from the paper are in src/policies/kvmerger.ts.
import { at, dot } from './at.ts'
import { survivors } from './compact.ts'
import type { LayerCache } from './model.ts'
import type { Eviction } from './select.ts'

/**
 * (kv head, slot): minus the cosine between a slot's key and that of the slot before; 3.4e38 for the first slot that no
 * protection covers.
 */
export function keySteps(cache: LayerCache, evictions: readonly Eviction[]): Float32Array {
  const { keys } = cache
  const headSize = keys.length / cache.scores.length
  const steps = new Float32Array(cache.scores.length)
  const scaleOf = (row: number) =>
    1 / Math.sqrt(Math.max(1e-24, dot(keys, row * headSize, keys, row * headSize, headSize)))
  for (const { offset, pinned, first, occupied } of evictions) {
    const begin = offset + pinned + first
    steps[begin] = 3.4e38
    for (let row = begin + 1; row < offset + occupied; row++) {
      const product = dot(keys, (row - 1) * headSize, keys, row * headSize, headSize)
      steps[row] = -product * scaleOf(row - 1) * scaleOf(row)
    }
  }
  return steps
}

/**
 * Merges every set into its first slot, which takes the pivot's origin.
 * @param steps (kv head, slot): the slots with the highest begin a set
 * @param thresholds (evicting head, 2), from `select`
 * @returns the smallest lead of a pivot over another slot of its set
 */
export function mergeSets(
  cache: LayerCache,
  evictions: readonly Eviction[],
  steps: Float32Array,
  thresholds: Uint32Array,
): number {
  let lead = Infinity
  for (const [i, eviction] of evictions.entries()) {
    const { offset, pinned, first, occupied } = eviction
    const threshold = thresholds.subarray(2 * i, 2 * i + 2)
    const starts = [...survivors({ ...cache, scores: steps }, threshold, eviction)]
    for (const [set, start] of starts.entries()) {
      const end = starts[set + 1] ?? occupied
      if (start < pinned + first || end - start < 2) continue
      lead = Math.min(lead, mergeSet(cache, offset + start, offset + end))
    }
  }
  return lead
}

/** Merges rows `first` … end − 1. */
function mergeSet(cache: LayerCache, first: number, end: number): number {
  const headSize = cache.keys.length / cache.scores.length
  const rows = Array.from({ length: end - first }, (_, i) => first + i)
  const score = (row: number) => at(cache.scores, row)
  const pivot = rows.reduce((best, row) => (score(row) >= score(best) ? row : best))
  const squares = rows.map((row) => {
    let sum = 0
    for (let dim = 0; dim < headSize; dim++) {
      sum += (at(cache.keys, row * headSize + dim) - at(cache.keys, pivot * headSize + dim)) ** 2
    }
    return sum
  })
  const mean = Math.max(1e-24, squares.reduce((a, b) => a + b) / rows.length)
  const weights = squares.map((square) => Math.exp(-square / (2 * mean)))
  const whole = weights.reduce((a, b) => a + b)
  for (const part of [cache.keys, cache.values]) {
    for (let dim = 0; dim < headSize; dim++) {
      const sum = weights.reduce((a, w, i) => a + w * at(part, (first + i) * headSize + dim), 0)
      part[first * headSize + dim] = sum / whole
    }
  }
  cache.origins[first] = at(cache.origins, pivot)
  const others = rows.filter((row) => row !== pivot)
  return Math.min(...others.map((row) => score(pivot) - score(row)))
}
