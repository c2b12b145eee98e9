// Saves and restores the whole state of a training, exact to the bit, so that a resumed training equals an uninterrupted
// one.
import { LongtabError } from '../api/errors.ts'
import type { Gpu } from '../gpu/device.ts'
import { readBuffer } from '../gpu/readback.ts'
import { blobFile } from '../files/blob_file.ts'
import { openSafetensors } from '../model/safetensors/checkpoint.ts'
import { writeSafetensors, type WritableTensor } from '../model/safetensors/write.ts'
import type { NamedMatrix } from './trained_matrix.ts'

/** Texts in a file's header. */
export type Metadata = Readonly<Record<string, string>>

const kept = ['weights', 'mean', 'square'] as const

/** Weights and moments in their GPU layout. Gradients are zero between steps. */
export async function writeState(
  gpu: Gpu,
  matrices: readonly NamedMatrix[],
  metadata: Metadata,
): Promise<Blob> {
  const tensors: WritableTensor[] = []
  for (const { name, buffer, count } of stateBuffers(matrices)) {
    const values = (await readValues(gpu, buffer)).slice(0, count)
    tensors.push({ name, shape: [count], values, dtype: 'F32' })
  }
  return new Blob([writeSafetensors(tensors, metadata)])
}

/** Throws LongtabError `bad-file` when the state is cut or has other shapes. */
export async function readState(
  gpu: Gpu,
  matrices: readonly NamedMatrix[],
  state: Blob,
  signal?: AbortSignal,
): Promise<void> {
  const checkpoint = await openSafetensors(
    blobFile(state, stateName, () => undefined),
    signal,
  )
  try {
    for (const { name, buffer, count } of stateBuffers(matrices)) {
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
  matrices: readonly NamedMatrix[],
): { readonly name: string; readonly buffer: GPUBuffer; readonly count: number }[] {
  return matrices.flatMap(({ name, matrix }) =>
    kept.map((what) => ({ name: `${name}.${what}`, buffer: matrix[what], count: matrix.count })),
  )
}

/** A buffer of f32, read back. */
export async function readValues({ device }: Gpu, buffer: GPUBuffer): Promise<Float32Array> {
  return new Float32Array(await readBuffer(device, buffer))
}
