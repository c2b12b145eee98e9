// Operations of a session, one after another, each with a signal that its ticket aborts.
import type { Gpu } from '../gpu/device.ts'
import { rootCause } from './root_cause.ts'

export interface Turns {
  /** Runs an operation after those before it. Rejects with the root cause, and with the GPU's fault where it had one. */
  run<T>(ticket: number | undefined, operation: (signal: AbortSignal) => Promise<T>): Promise<T>
  abort(ticket: number): void
  abortAll(): void
  /** Resolves when none is running or waiting. */
  settled(): Promise<void>
}

/** @param openedGpu undefined before anything is loaded */
export function createTurns(openedGpu: () => Gpu | undefined): Turns {
  const running = new Map<number, AbortController>()
  let queue: Promise<unknown> = Promise.resolve()
  return {
    run(ticket, operation) {
      const controller = new AbortController()
      if (ticket !== undefined) running.set(ticket, controller)
      const result = queue
        .then(async () => {
          const done = await operation(controller.signal)
          const fault = openedGpu()?.fault()
          if (fault) throw fault // the result cannot be trusted after a fault
          return done
        })
        .catch(async (error: unknown) => {
          throw await rootCause(error, openedGpu())
        })
        .finally(() => {
          if (ticket !== undefined) running.delete(ticket)
        })
      queue = result.catch(() => undefined)
      return result
    },
    abort: (ticket) => running.get(ticket)?.abort(),
    abortAll() {
      for (const controller of running.values()) controller.abort()
    },
    settled: () => queue.then(() => undefined),
  }
}
