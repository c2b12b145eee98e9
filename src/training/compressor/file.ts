// A compressor as the file that `load` takes: LoCoCo's official names, channels in the checkpoint's order.
import { compressorTensors, type CompressorLayer } from '../../model/compressor.ts'
import { halvedIn } from '../../model/rotated.ts'
import type { ModelDescription } from '../../api/description.ts'
import { halvesDimension } from '../../model/rotary_layout.ts'
import { writeSafetensors } from '../../model/safetensors/write.ts'
import type { Metadata } from '../state.ts'

/** @param layers (layer), channels of k in rotary pairs */
export function writeCompressor(
  model: ModelDescription,
  { merged, taps }: { readonly merged: number; readonly taps: number },
  layers: readonly CompressorLayer[],
  metadata: Metadata,
): Blob {
  const channels = 2 * model.headSize
  const tensors = layers.flatMap(({ weights, bias, lambda }, layer) => {
    const names = compressorTensors(layer)
    const values = inFileOrder(weights, model, layer, taps)
    const dtype = 'F32' as const
    return [
      { name: names.weight, shape: [merged, channels, taps], values, dtype },
      { name: names.bias, shape: [merged], values: bias, dtype },
      { name: names.normalizer, shape: [1], values: Float32Array.of(lambda), dtype },
    ]
  })
  return new Blob([writeSafetensors(tensors, { format: 'pt', ...metadata })])
}

/** (merged, [k; v], tap), k in the checkpoint's order of dimensions */
function inFileOrder(
  weights: Float32Array,
  model: ModelDescription,
  layer: number,
  taps: number,
): Float32Array {
  const { headSize } = model
  const halved = halvedIn(model, layer)
  const ordered = new Float32Array(weights.length)
  for (let row = 0; row * taps < weights.length; row++) {
    const channel = row % (2 * headSize)
    const to = channel < headSize ? halvesDimension(channel, halved) : channel
    ordered.set(weights.subarray(row * taps, (row + 1) * taps), (row - channel + to) * taps)
  }
  return ordered
}
