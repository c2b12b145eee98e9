// Errors as the Prompt API has them: a DOMException by its name, with the sentence of Longtab's own error.
import { LongtabError } from '../index.ts'

export type RefusalName =
  'NotSupportedError' | 'InvalidStateError' | 'OperationError' | 'QuotaExceededError' | 'AbortError'

export function refusal(name: RefusalName, message: string, cause?: unknown): DOMException {
  const error = new DOMException(message, name)
  return cause === undefined ? error : Object.assign(error, { cause })
}

/** Whatever went wrong on the way. Its cause is Longtab's error with its code. */
export function asException(error: unknown, signal?: AbortSignal): unknown {
  if (signal?.aborted) return signal.reason
  if (!(error instanceof LongtabError)) return error
  if (error.code === 'aborted') return refusal('AbortError', error.message, error)
  return refusal('OperationError', `${error.message} (${error.code})`, error)
}
