// What an error was when the GPU is gone.
import { LongtabError } from '../api/errors.ts'
import type { Gpu } from '../gpu/device.ts'

/** After a lost device everything fails somehow; what matters is that it was lost. */
export function whatHappened(error: unknown, gpu: Gpu | undefined): unknown {
  if (error instanceof LongtabError && error.code !== 'device-lost') return error
  if (!gpu?.isLost()) return error
  return new LongtabError('device-lost', 'the GPU was lost while working; load the model again', {
    cause: error,
  })
}
