// What an error was when the GPU is gone, or at fault.
import { LongtabError } from '../api/errors.ts'
import type { Gpu } from '../gpu/device.ts'

/** After a lost device, or a command of it that failed, everything fails somehow; what matters is what came first. */
export function whatHappened(error: unknown, gpu: Gpu | undefined): unknown {
  if (error instanceof LongtabError && error.code !== 'device-lost') return error
  if (!gpu?.isLost()) return gpu?.fault() ?? error
  return new LongtabError('device-lost', 'the GPU was lost while working; load the model again', {
    cause: error,
  })
}
