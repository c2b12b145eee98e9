// The cause of an error after the GPU was lost or failed.
import { coded, LongtabError } from '../api/errors.ts'
import type { Gpu } from '../gpu/device.ts'

/**
 * After device loss or a failed command every later call may fail. Resolves with the first cause instead of the later error.
 */
export async function rootCause(error: unknown, gpu: Gpu | undefined): Promise<LongtabError> {
  if (error instanceof LongtabError && error.code !== 'device-lost') return error
  if (gpu) await Promise.race([gpu.lost, pause()])
  if (!gpu?.isLost()) return gpu?.fault() ?? coded(error)
  return new LongtabError('device-lost', 'the GPU was lost while working; load the model again', {
    cause: error,
  })
}

/** A buffer whose mapping is refused may come before the news that its device is lost. */
function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 200))
}
