// A seeded compressor for a small model: as the file that the engine loads, and as the reference's arrays.
import type { ModelDescription } from '../src/api/description.ts'
import { writeSafetensors } from '../src/model/safetensors/write.ts'
import { at } from './at.ts'
import type { Compressor } from './merge.ts'
import { uniform } from './random.ts'
import { halfLayoutDim, rotatedIn } from './weights.ts'

export interface RandomCompressor {
  /** under the official names, channels of k in the checkpoint's order */
  readonly file: Blob
  /** (layer) */
  readonly layers: readonly Compressor[]
}

/** @param lambda of every layer */
export function randomCompressor(
  { layers, headSize, attention }: ModelDescription,
  { merged, taps, lambda }: Pick<Compressor, 'merged' | 'taps' | 'lambda'>,
  seed: number,
): RandomCompressor {
  const channels = 2 * headSize
  const values = (count: number, size: number, ...parts: readonly number[]) =>
    Float32Array.from({ length: count }, (_, i) => size * (2 * uniform(seed, ...parts, i) - 1))
  const made = Array.from({ length: layers }, (_, layer) => {
    const rotated = rotatedIn({ attention }, layer)
    const stored = values(merged * channels * taps, 1.5 / Math.sqrt(taps), layer, 0)
    const bias = values(merged, 0.5, layer, 1)
    const weights = stored.map((_, index) => {
      const channel = Math.floor(index / taps) % channels
      const from = channel < headSize ? halfLayoutDim(channel, rotated) : channel
      return at(stored, index + (from - channel) * taps)
    })
    return { stored, compressor: { merged, taps, weights, bias, lambda } }
  })
  const tensors = made.flatMap(({ stored, compressor }, layer) => {
    const saver = `model.layers.${layer}.self_attn.memory_saver`
    const dtype = 'F32' as const
    return [
      { name: `${saver}.layers.0.weight`, shape: [merged, channels, taps], values: stored, dtype },
      { name: `${saver}.layers.0.bias`, shape: [merged], values: compressor.bias, dtype },
      { name: `${saver}.normalizer`, shape: [1], values: Float32Array.of(lambda), dtype },
    ]
  })
  return {
    file: new Blob([writeSafetensors(tensors)]),
    layers: made.map(({ compressor }) => compressor),
  }
}
