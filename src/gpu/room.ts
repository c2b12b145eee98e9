// Checks whether a device has enough free memory. WebGPU reports neither total nor free memory, so the only way is to
// allocate.
import { LongtabError } from '../api/errors.ts'
import type { Gpu } from './device.ts'
import { bufferBytes, largestBuffer, storageUsage, totalBytes, type MemoryKind } from './memory.ts'
import { megabytes } from '../api/sizes.ts'

/** Bytes on the GPU, by purpose. */
export type NeededBytes = Readonly<Record<MemoryKind, number>>

/**
 * Runs allocations. An out-of-memory error of the device becomes LongtabError `out-of-memory`.
 * @param needed in all, for the message
 */
export async function catchOutOfMemory<T>(
  { device }: Pick<Gpu, 'device'>,
  needed: NeededBytes,
  allocate: () => T,
): Promise<T> {
  device.pushErrorScope('out-of-memory')
  const made = allocate()
  const error = await device.popErrorScope()
  if (!error) return made
  const { weights, cache, scratch } = needed
  throw new LongtabError(
    'out-of-memory',
    `the GPU has no room for the ${megabytes(totalBytes(needed))} needed (weights ${megabytes(weights)}, cache ${megabytes(cache)}, scratch ${megabytes(scratch)}); lower the budget or chunk, or choose a smaller model`,
  )
}

/**
 * Allocates `bytes` and frees them again. Throws LongtabError `out-of-memory`.
 * @param bytes the part of `needed` that is not allocated yet
 */
export async function requireRoom(
  gpu: Pick<Gpu, 'device'>,
  needed: NeededBytes,
  bytes: number,
): Promise<void> {
  const most = largestBuffer(gpu.device)
  const taken: GPUBuffer[] = []
  try {
    await catchOutOfMemory(gpu, needed, () => {
      for (let left = bytes; left > 0; left -= most) {
        const size = bufferBytes(Math.min(left, most))
        taken.push(gpu.device.createBuffer({ size, usage: storageUsage }))
      }
    })
  } finally {
    for (const buffer of taken) buffer.destroy()
  }
}
