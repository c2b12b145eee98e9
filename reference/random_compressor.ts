// A seeded compressor for a small model: as the file that the engine loads, and as the reference's arrays.
import { rotatedOf } from '../src/model/rotated.ts'
import type { ModelDescription } from '../src/api/description.ts'
import { interleavedDimension } from '../src/model/rotary_layout.ts'
import { writeSafetensors } from '../src/model/safetensors/write.ts'
import { at } from './at.ts'
import type { Compressor } from './merge.ts'
import { uniform } from './random.ts'

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
    const rotary = attention[layer]?.rotary
    const rotated = rotary ? rotatedOf(rotary) : 0
    const stored = values(merged * channels * taps, 1.5 / Math.sqrt(taps), layer, 0)
    const bias = values(merged, 0.5, layer, 1)
    const weights = new Float32Array(stored.length)
    for (let out = 0; out < merged; out++) {
      for (let channel = 0; channel < channels; channel++) {
        const to = channel < headSize ? interleavedDimension(channel, rotated) : channel
        for (let tap = 0; tap < taps; tap++) {
          weights[(out * channels + to) * taps + tap] = at(
            stored,
            (out * channels + channel) * taps + tap,
          )
        }
      }
    }
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
