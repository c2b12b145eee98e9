// A measurement of the GPU before any model is chosen. Its parts are fetched when it is asked for.
import type { DeviceSpeed } from '../api/device_speed.ts'
import { coded } from '../api/errors.ts'

/**
 * Measures what a GPU does at most, on a device of its own: some 50 ms of its time, and 128 MiB of its memory meanwhile. It is for
 * `expectedSpeed`. A GPU that is at work meanwhile seems slower.
 * @param gpu for example `navigator.gpu`
 * @returns `undefined` where the clock is too coarse to tell.
 * @throws LongtabError `no-webgpu`, `does-not-fit`, `out-of-memory`, `gpu-error`, `device-lost`.
 */
export async function measureDevice(gpu: GPU): Promise<DeviceSpeed | undefined> {
  try {
    const { measureSpeed } = await import('../tuning/device_speed.ts')
    return await measureSpeed(gpu)
  } catch (error) {
    throw coded(error)
  }
}
