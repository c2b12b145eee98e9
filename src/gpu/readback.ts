// Reads bytes back from the GPU: `readBuffer` for rare reads, and a ring of staging buffers for token ids.
import { mapRead, readbackUsage, type GpuMemory } from './memory.ts'

/** Copies a buffer's bytes to JavaScript memory through a staging buffer that lives only for this call. */
export async function readBuffer(
  device: GPUDevice,
  buffer: GPUBuffer,
  fromByte = 0,
  bytes = buffer.size - fromByte,
): Promise<ArrayBuffer> {
  const staging = device.createBuffer({ size: bytes, usage: readbackUsage })
  const encoder = device.createCommandEncoder()
  encoder.copyBufferToBuffer(buffer, fromByte, staging, 0, bytes)
  device.queue.submit([encoder.finish()])
  await staging.mapAsync(mapRead)
  const copy = staging.getMappedRange().slice(0)
  staging.destroy()
  return copy
}

/** A few words per step, with several steps in flight. */
export interface WordRing {
  /** The staging buffer of a step. The copy into it must be recorded before `read`. It is reused `size` steps later. */
  slot(step: number): GPUBuffer
  /** Resolves with the first `count` words once the GPU has finished the step. */
  read(step: number, count: number): Promise<Uint32Array>
}

/**
 * @param label of its buffers
 * @param words of a step, at most
 */
export function createWordRing(
  memory: GpuMemory,
  label: string,
  size: number,
  words: number,
): WordRing {
  const slots = Array.from({ length: size }, (_, i) =>
    memory.allocate('scratch', `${label} ${i}`, 4 * words, readbackUsage),
  )
  const slot = (step: number): GPUBuffer => {
    const buffer = slots[step % size]
    if (!buffer) throw new Error(`ring of ${size} has no slot for step ${step}`)
    return buffer
  }
  return {
    slot,
    async read(step, count) {
      const buffer = slot(step)
      await buffer.mapAsync(mapRead, 0, 4 * count)
      const read = new Uint32Array(buffer.getMappedRange(0, 4 * count)).slice()
      buffer.unmap()
      return read
    },
  }
}
