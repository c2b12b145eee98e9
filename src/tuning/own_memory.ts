// Buffers that live as long as a piece of work. They are gone before cache and scratch are allocated, so the model's ledger
// does not count them.
import { createMemory, type GpuMemory } from '../gpu/memory.ts'

/** Lends a memory, and frees what was allocated from it when the work has ended, however it ended. */
export async function withOwnMemory<T>(
  device: GPUDevice,
  work: (memory: GpuMemory) => Promise<T>,
): Promise<T> {
  const memory = createMemory(device)
  const made: GPUBuffer[] = []
  const noting: GpuMemory = {
    ...memory,
    allocate(...asked) {
      const buffer = memory.allocate(...asked)
      made.push(buffer)
      return buffer
    },
  }
  try {
    return await work(noting)
  } finally {
    for (const buffer of made) memory.free(buffer)
  }
}
