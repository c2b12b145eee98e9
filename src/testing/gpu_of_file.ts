// The GPU of a test file that loads whole models.
import { afterAll, beforeAll, expect } from 'vitest'
import { openGpu, type Gpu } from '../gpu/device.ts'
import { sharedGpu } from './shared_gpu.ts'

/** Opened before the file's tests and closed after them. An error that WebGPU reports outside any scope fails the file. */
export function gpuOfFile(): Gpu {
  const gpu = {} as Gpu // filled before the first test
  beforeAll(async () => {
    Object.assign(gpu, await openGpu(sharedGpu))
  })
  afterAll(() => {
    gpu.close()
    expect(gpu.fault()).toBeUndefined()
  })
  return gpu
}
