// How well predicted scores rank tokens: the part of the tenth with the highest labels that is also in the tenth with the
// highest predictions. The monitor of the official `train.py`.

/** Size of the top tenth of `tokens`, at least one. */
function tenth(tokens: number): number {
  return Math.max(1, Math.round(tokens / 10))
}

/** @returns share 0…1; of equal values the later counts as higher, as in an eviction */
export function topOverlap(predicted: Float32Array, labels: Float32Array): number {
  const count = tenth(labels.length)
  const best = new Set(top(labels, count))
  return top(predicted, count).filter((token) => best.has(token)).length / count
}

function top(values: Float32Array, count: number): number[] {
  return Array.from(values.keys())
    .sort((a, b) => (values[b] ?? 0) - (values[a] ?? 0) || b - a)
    .slice(0, count)
}
