// Heads and optimizer between GPU and files: the finished heads under their official names, and the whole state of a
// training, exact to the bit, so that it goes on as if it had not stopped.
import { LongtabError } from '../errors.ts'
import type { Gpu } from '../gpu/device.ts'
import { readBuffer } from '../gpu/readback.ts'
import { padded } from '../model/matrix.ts'
import { blobFile } from '../model/blob_file.ts'
import type { ModelDescription } from '../model/description.ts'
import { retainingHeadColumns } from '../model/rotary_layout.ts'
import { openSafetensors } from '../model/safetensors.ts'
import { writeSafetensors, type WritableTensor } from '../model/write_safetensors.ts'
import type { TrainedHead, TrainedMatrix } from './head.ts'
import { inputWidth } from './head_shape.ts'

/** Texts kept in a file's header. */
export type Metadata = Readonly<Record<string, string>>

/** The heads as a safetensors file, columns in the checkpoint's rotary layout, in f16. */
export async function writeHeads(
  gpu: Gpu,
  model: ModelDescription,
  heads: readonly TrainedHead[],
  metadata: Metadata,
): Promise<Blob> {
  const tensors = await Promise.all(
    heads.map(async (head, layer) => {
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

/** (d_R, inputs), padding gone, columns back where the checkpoint has them. */
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

const kept = ['weights', 'mean', 'square'] as const

/** Weights and moments as they lie on the GPU. Gradients are zero between steps. */
export async function writeState(
  gpu: Gpu,
  heads: readonly TrainedHead[],
  metadata: Metadata,
): Promise<Blob> {
  const tensors: WritableTensor[] = []
  for (const { name, buffer, count } of stateBuffers(heads)) {
    const values = (await readValues(gpu, buffer)).slice(0, count)
    tensors.push({ name, shape: [count], values, dtype: 'F32' })
  }
  return new Blob([writeSafetensors(tensors, metadata)])
}

/** Throws LongtabError `bad-file` when the state is cut or of other shapes. */
export async function readState(
  gpu: Gpu,
  heads: readonly TrainedHead[],
  state: Blob,
  signal?: AbortSignal,
): Promise<void> {
  const checkpoint = await openSafetensors(
    blobFile(state, stateName, () => undefined),
    signal,
  )
  try {
    for (const { name, buffer, count } of stateBuffers(heads)) {
      const found = checkpoint.tensors.get(name)?.shape[0]
      if (found !== count) {
        throw new LongtabError(
          'bad-file',
          `${stateName} has ${found ?? 'no'} values for ${name} and this training needs ${count}; it belongs to another training`,
        )
      }
      let at = 0
      for await (const { values } of checkpoint.rows(name, signal)) {
        gpu.device.queue.writeBuffer(buffer, 4 * at, new Float32Array(values))
        at += values.length
      }
    }
  } finally {
    checkpoint.close()
  }
}

/** The metadata of a file that `writeState` wrote. Throws LongtabError `bad-file`. */
export async function readMetadata(state: Blob, signal?: AbortSignal): Promise<Metadata> {
  const checkpoint = await openSafetensors(
    blobFile(state, stateName, () => undefined),
    signal,
  )
  checkpoint.close()
  return checkpoint.metadata
}

const stateName = 'the training checkpoint'

function stateBuffers(
  heads: readonly TrainedHead[],
): { readonly name: string; readonly buffer: GPUBuffer; readonly count: number }[] {
  const of = (name: string, matrix: TrainedMatrix) =>
    kept.map((what) => ({ name: `${name}.${what}`, buffer: matrix[what], count: matrix.count }))
  return heads.flatMap(({ fc1, fc2 }, layer) => [
    ...of(`layers.${layer}.fc1`, fc1),
    ...of(`layers.${layer}.fc2`, fc2),
  ])
}

async function readValues({ device }: Gpu, buffer: GPUBuffer): Promise<Float32Array> {
  return new Float32Array(await readBuffer(device, buffer))
}
