// Comlink carries an error's message but not its code. Installed on both sides, this carries both.
import { transferHandlers } from 'comlink'
import { LongtabError, type ErrorCode } from '../api/errors.ts'

/** What Comlink hands to its handler named `throw`. */
interface Thrown {
  readonly value: unknown
}

interface Wire {
  readonly code: ErrorCode | undefined
  readonly message: string
  readonly stack: string | undefined
}

export function carryErrors(): void {
  const original = transferHandlers.get('throw')
  if (!original) throw new Error('comlink has no handler for thrown values')
  transferHandlers.set('throw', {
    canHandle: (value): value is Thrown => original.canHandle(value),
    serialize({ value }: Thrown): [Wire, Transferable[]] {
      const error = value instanceof Error ? value : new Error(String(value))
      const code = error instanceof LongtabError ? error.code : undefined
      return [{ code, message: error.message, stack: error.stack }, []]
    },
    deserialize({ code, message, stack }: Wire): never {
      const error = code ? new LongtabError(code, message) : new Error(message)
      if (stack !== undefined) error.stack = stack
      throw error
    },
  })
}
