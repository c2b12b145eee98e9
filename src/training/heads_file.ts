// Trained retaining heads as the file that `load` takes: the official names, columns in the checkpoint's order.
import type { Gpu } from '../gpu/device.ts'
import { padded } from '../model/matrix.ts'
import type { ModelDescription } from '../api/description.ts'
import { retainingHeadColumns } from '../model/rotary_layout.ts'
import { writeSafetensors, type WritableTensor } from '../model/safetensors/write.ts'
import type { TrainedHead } from './head.ts'
import { inputWidth } from './head_shape.ts'
import { readValues, type Metadata } from './state.ts'

/** The heads as a safetensors file, columns in the checkpoint's rotary layout, in f16. */
export async function writeHeads(
  gpu: Gpu,
  model: ModelDescription,
  heads: readonly TrainedHead[],
  metadata: Metadata,
): Promise<Blob> {
  const tensors = await Promise.all(
    heads.map(async (head) => {
      const { layer } = head
      const name = `model.layers.${layer}.self_attn`
      const width = head.matrix.outs
      const fc1 = await readValues(gpu, head.fc1.weights)
      const fc2 = await readValues(gpu, head.fc2.weights)
      return [
        half(
          `${name}.fc1.weight`,
          [width, head.matrix.ins],
          inFileLayout(fc1, model, layer, width),
        ),
        half(`${name}.fc2.weight`, [model.kvHeads, width], fc2.slice(0, model.kvHeads * width)),
      ]
    }),
  )
  return new Blob([writeSafetensors(tensors.flat(), { format: 'pt', ...metadata })])
}

function half(name: string, shape: readonly number[], values: Float32Array): WritableTensor {
  return { name, shape, values, dtype: 'F16' }
}

/** (d_R, inputs), without padding, columns in the checkpoint's order. */
function inFileLayout(
  fc1: Float32Array,
  model: ModelDescription,
  layer: number,
  rows: number,
): Float32Array {
  const ins = inputWidth(model)
  const columns = retainingHeadColumns(model, layer)
  const out = new Float32Array(rows * ins)
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < ins; i++) {
      out[row * ins + (columns[i] ?? i)] = fc1[row * padded(ins) + i] ?? 0
    }
  }
  return out
}
