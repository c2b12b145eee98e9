// Layout of a convolution's weights on the GPU: taps of four channels together, heads padded as in the cache.
import { paddedHead } from '../plan/cache_bytes.ts'
import type { ModelDescription } from '../api/description.ts'
import type { MergingShape } from '../plan/merging_shape.ts'

type Heads = Pick<ModelDescription, 'headSize'>
type Sizes = Pick<MergingShape, 'merged' | 'taps'>

/** (merged, [k; v], tap) → (merged, [k; v] padded/4, tap, four channels) */
export function packConvolution(
  weights: Float32Array,
  { headSize }: Heads,
  { merged, taps }: Sizes,
): Float32Array<ArrayBuffer> {
  const packed = new Float32Array(merged * taps * 2 * paddedHead(headSize))
  eachTap(headSize, merged, taps, (at, to) => (packed[to] = weights[at] ?? 0))
  return packed
}

/** The inverse. */
export function unpackConvolution(
  packed: Float32Array,
  { headSize }: Heads,
  { merged, taps }: Sizes,
): Float32Array<ArrayBuffer> {
  const weights = new Float32Array(merged * taps * 2 * headSize)
  eachTap(headSize, merged, taps, (at, to) => (weights[at] = packed[to] ?? 0))
  return weights
}

function eachTap(
  headSize: number,
  merged: number,
  taps: number,
  visit: (at: number, packed: number) => void,
): void {
  const wide = paddedHead(headSize)
  for (let out = 0; out < merged; out++) {
    for (let channel = 0; channel < 2 * headSize; channel++) {
      const paddedChannel = channel < headSize ? channel : wide + channel - headSize
      const quad = (out * 2 * wide) / 4 + Math.floor(paddedChannel / 4)
      for (let tap = 0; tap < taps; tap++) {
        const at = (out * 2 * headSize + channel) * taps + tap
        visit(at, (quad * taps + tap) * 4 + (paddedChannel % 4))
      }
    }
  }
}
