import { expect, test } from 'vitest'
import { createMemory, type GpuMemory } from './memory.ts'

/** The parts of a device that memory.ts uses. */
function memoryOf(limits: {
  maxBufferSize: number
  maxStorageBufferBindingSize: number
}): GpuMemory {
  const device = {
    limits,
    createBuffer: ({ size }: GPUBufferDescriptor) => ({ size, destroy: () => undefined }),
  }
  return createMemory(device as unknown as GPUDevice)
}

const roomy = { maxBufferSize: 1e6, maxStorageBufferBindingSize: 1e6 }

test('live bytes are a sum over live buffers, the peak stays', () => {
  const memory = memoryOf(roomy)
  const keys = memory.allocate('cache', 'keys', 100)
  const matrix = memory.allocate('weights', 'matrix', 64)
  expect(memory.live()).toEqual({ weights: 64, cache: 112, scratch: 0, peak: 176 })
  memory.free(keys)
  memory.allocate('scratch', 'ids', 1)
  expect(memory.live()).toEqual({ weights: 64, cache: 0, scratch: 16, peak: 176 })
  memory.free(matrix)
  memory.allocate('scratch', 'rows', 320)
  expect(memory.live()).toEqual({ weights: 0, cache: 0, scratch: 336, peak: 336 })
})

test('freeing twice counts once', () => {
  const memory = memoryOf(roomy)
  const buffer = memory.allocate('cache', 'keys', 16)
  memory.free(buffer)
  memory.free(buffer)
  expect(memory.live().cache).toBe(0)
})

test.each([
  { maxBufferSize: 2e6, maxStorageBufferBindingSize: 1e6 },
  { maxBufferSize: 1e6, maxStorageBufferBindingSize: 2e6 },
])('a buffer beyond the device says both sizes: %o', (limits) => {
  const memory = memoryOf(limits)
  expect(() => memory.allocate('cache', 'keys of layer 3', 1_500_000)).toThrow(
    /^keys of layer 3 needs 2 MB in one buffer but this device allows 1 MB; choose/,
  )
  expect(memory.live()).toEqual({ weights: 0, cache: 0, scratch: 0, peak: 0 })
})
