// LoCoCo (arXiv 2406.05317; `memory_saver` of VITA-Group/LoCoCo). The heaviest slots stay unmerged. All others are merged
// into a few, with weights that a convolution over their keys and values computes. Kernel by kernel as on the GPU.
import { at, dot } from './at.ts'
import { compact, survivors } from './compact.ts'
import type { AttentionShape, LayerCache } from './model.ts'
import { rotate } from './rotary.ts'
import { select, type Eviction } from './select.ts'

/** One layer's convolution, the same for all KV heads. */
export interface Compressor {
  /** output channels */
  readonly merged: number
  /** odd */
  readonly taps: number
  /** (merged, [k; v], tap), k in rotary pairs */
  readonly weights: Float32Array
  /** (merged) */
  readonly bias: Float32Array
  readonly lambda: number
}

/** The slots that a KV head merges. */
export interface Others {
  /** (other): slot, ascending */
  readonly slots: readonly number[]
  /** (merged): index among the others of each merged slot's residual, ascending */
  readonly residuals: readonly number[]
}

/** The slots of a KV head that are not heavy, and the heaviest `merged` among them. */
export function listOthers(cache: LayerCache, eviction: Eviction, merged: number): Others {
  const keep = (count: number) => {
    const chosen = { ...eviction, survivors: count }
    return [...survivors(cache, select(cache.scores, [chosen]), chosen)]
  }
  const heavy = new Set(keep(eviction.survivors - merged))
  const chosen = new Set(keep(eviction.survivors))
  const slots = Array.from(
    { length: eviction.occupied - eviction.pinned },
    (_, i) => eviction.pinned + i,
  ).filter((slot) => !heavy.has(slot))
  return { slots, residuals: [...slots.keys()].filter((i) => chosen.has(at(slots, i))) }
}

/** (other, [k; v]): rows of the listed slots of the KV head at `offset`; keys rotated to their origin where `rotates`. */
export function gather(
  cache: LayerCache,
  offset: number,
  slots: readonly number[],
  { headSize, rotary }: AttentionShape,
  rotates: boolean,
): Float32Array {
  const sources = new Float32Array(slots.length * 2 * headSize)
  slots.forEach((slot, i) => {
    const index = offset + slot
    const row = [index * headSize, (index + 1) * headSize] as const
    const key = cache.keys.subarray(...row)
    sources.set(rotates ? rotate(key, at(cache.origins, index), rotary) : key, i * 2 * headSize)
    sources.set(cache.values.subarray(...row), (2 * i + 1) * headSize)
  })
  return sources
}

/** (merged, source): the convolution with zero padding, then ReLU. */
export function convolve(
  sources: Float32Array,
  { merged, taps, weights, bias }: Compressor,
): Float32Array {
  const channels = weights.length / (merged * taps)
  const count = sources.length / channels
  const logits = new Float32Array(merged * count)
  for (let out = 0; out < merged; out++) {
    for (let source = 0; source < count; source++) {
      let sum = at(bias, out)
      for (let tap = 0; tap < taps; tap++) {
        const from = source + tap - (taps - 1) / 2
        if (from < 0 || from >= count) continue
        for (let channel = 0; channel < channels; channel++) {
          const weight = at(weights, (out * channels + channel) * taps + tap)
          sum += weight * at(sources, from * channels + channel)
        }
      }
      logits[out * count + source] = Math.max(0, sum)
    }
  }
  return logits
}

/** (merged, source): softmax of the convolution's output over the sources, blended by λ with a one at the residual. */
export function blend(
  logits: Float32Array,
  residuals: readonly number[],
  lambda: number,
): Float32Array {
  const count = logits.length / residuals.length
  const weights = new Float32Array(logits.length)
  residuals.forEach((residual, out) => {
    const row = logits.subarray(out * count, (out + 1) * count)
    const top = row.reduce((a, b) => Math.max(a, b), 0)
    const sum = row.reduce((total, logit) => total + Math.exp(logit - top), 0)
    row.forEach((logit, source) => {
      const own = source === residual ? 1 : 0
      weights[out * count + source] = (1 - lambda) * own + (lambda * Math.exp(logit - top)) / sum
    })
  })
  return weights
}

/** (merged, [k; v]) */
export function merge(weights: Float32Array, sources: Float32Array, merged: number): Float32Array {
  const count = weights.length / merged
  const channels = sources.length / count
  const rows = new Float32Array(merged * channels)
  const columns = new Float32Array(sources.length) // (channel, source)
  for (let source = 0; source < count; source++) {
    for (let channel = 0; channel < channels; channel++) {
      columns[channel * count + source] = at(sources, source * channels + channel)
    }
  }
  for (let out = 0; out < merged; out++) {
    for (let channel = 0; channel < channels; channel++) {
      rows[out * channels + channel] = dot(weights, out * count, columns, channel * count, count)
    }
  }
  return rows
}

/** The lists and convolution output of one KV head. */
export interface MergedHead {
  /** (merged): see Others */
  readonly residuals: readonly number[]
  /** (other, [k; v]) */
  readonly sources: Float32Array
  /** (merged, other): the convolution's output */
  readonly logits: Float32Array
}

/**
 * Slots pinned … occupied − 1 of the evicting KV heads shrink to `survivors`: the heavy ones in order, then the merged
 * ones. A merged slot takes the origin of its residual. Where keys were merged after rotation, its key is rotated back by
 * that origin.
 * @returns (evicting head)
 */
export function compress(
  cache: LayerCache,
  shape: AttentionShape,
  compressor: Compressor,
  evictions: readonly Eviction[],
  rotates: boolean,
): MergedHead[] {
  const { headSize, rotary } = shape
  const { merged } = compressor
  const heavy = evictions.map((eviction) => ({
    ...eviction,
    survivors: eviction.survivors - merged,
  }))
  const made = evictions.map((eviction) => {
    const { offset, pinned, survivors } = eviction
    const { slots, residuals } = listOthers(cache, eviction, merged)
    const sources = gather(cache, offset, slots, shape, rotates)
    const logits = convolve(sources, compressor)
    const weights = blend(logits, residuals, compressor.lambda)
    const origins = residuals.map((i) => at(cache.origins, offset + at(slots, i)))
    const first = pinned + survivors - merged // slot of the first merged one
    const rows = merge(weights, sources, merged)
    return { offset, first, rows, origins, residuals, sources, logits }
  })
  compact(cache, select(cache.scores, heavy), heavy)
  for (const { offset, pinned, survivors } of evictions) {
    const head = cache.heads.find((each) => each.offset === offset)
    if (head && pinned === 0) head.merged = { first: survivors - merged, end: survivors }
  }
  made.forEach(({ offset, first, rows, origins }) => {
    origins.forEach((origin, i) => {
      const slot = offset + first + i
      const key = rows.subarray(2 * i * headSize, (2 * i + 1) * headSize)
      const value = rows.subarray((2 * i + 1) * headSize, (2 * i + 2) * headSize)
      const { frequencies, gain } = rotary
      const back = rotate(key, -origin, { frequencies, gain: 1 / gain })
      cache.keys.set(rotates ? back : key, slot * headSize)
      cache.values.set(value, slot * headSize)
      cache.origins[slot] = origin
      cache.scores[slot] = -3.4e38
    })
  })
  return made
}
