// The beginning of a worker: its script may lie beside the module or, by another bundler, be a part of it.
import type { Endpoint } from 'comlink'
import { isAlive } from './life.ts'
import type { ThreadName } from './thread_script.ts'

/** Constructs the worker that lies beside the module. It may throw. */
export type Start = () => Worker

/** A worker whose script has begun. */
export interface Begun {
  readonly worker: Worker
  /** Name of the lock that it holds as long as it lives; `undefined` where the browser has none. */
  readonly lock: string | undefined
}

export interface Beginning {
  /** Rejects with the error event of a worker that did not begin, or with what was thrown. */
  readonly begun: Promise<Begun>
  /** Ends it, begun or not. */
  readonly end: () => void
}

/** Tries the worker beside the module, then the module's own part. */
export function beginWorker(start: Start, name: ThreadName): Beginning {
  let worker: Worker | undefined
  let ended = false
  const run = (made: Worker): Promise<Begun> => {
    worker = made
    if (ended) made.terminate()
    return firstWord(made)
  }
  const begin = async (): Promise<Begun> => {
    try {
      return await run(start())
    } catch (error) {
      if (threw(error)) throw error
      const { address } = await import('./thread_script.ts').catch(() => ({ address: undefined }))
      if (address === undefined || ended) throw error
      try {
        return await run(new Worker(address, { type: 'module', name }))
      } catch (second) {
        throw threw(second) ? second : error
      }
    }
  }
  const end = () => {
    ended = true
    worker?.terminate()
  }
  return { begun: begin(), end }
}

/** Whether the script was found and failed by itself: one that was not fetched has no words. */
export function threw(error: unknown): error is ErrorEvent {
  return error instanceof Event && 'message' in error && Boolean(error.message)
}

function firstWord(worker: Worker): Promise<Begun> {
  return new Promise((begun, failed) => {
    worker.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
      if (isAlive(data)) begun({ worker, lock: data.alive })
    })
    worker.addEventListener('error', failed)
  })
}

/**
 * A worker that may not have begun: what is said to it waits until then.
 * @param failed told why something could not be said
 */
export function endpointOf(begun: Promise<Begun>, failed: (error: unknown) => void): Endpoint {
  const then = (use: (worker: Worker) => void): void =>
    void begun.then(({ worker }) => use(worker)).catch(failed)
  return {
    postMessage: (message: unknown, transfer: Transferable[] = []) =>
      then((worker) => worker.postMessage(message, transfer)),
    addEventListener: (type, listener) => then((worker) => worker.addEventListener(type, listener)),
    removeEventListener: (type, listener) =>
      then((worker) => worker.removeEventListener(type, listener)),
  }
}
