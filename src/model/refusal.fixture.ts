// What a test expects of a model that is refused by the name of what is not supported.
import { expect } from 'vitest'

/** What reading throws; undefined where it reads. */
export function refusal(read: () => unknown): unknown {
  try {
    read()
  } catch (error) {
    return error
  }
  return undefined
}

/** An error that names it. */
export const unsupported = (message: string) => ({
  code: 'unsupported-model',
  message: expect.stringContaining(message) as string,
})
