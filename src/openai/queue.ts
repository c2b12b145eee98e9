// Operations one after the other, in the order in which they were asked for. One whose signal fires before its turn leaves at once.
import { LongtabError } from '../index.ts'

export interface Queue {
  /** Throws LongtabError `aborted` where the signal fires before the operation's turn. */
  run<T>(signal: AbortSignal, operation: () => Promise<T>): Promise<T>
}

export function createQueue(): Queue {
  let last: Promise<unknown> = Promise.resolve()
  return {
    run(signal, operation) {
      const before = last
      const result = unlessAborted(before, signal).then(operation)
      last = Promise.allSettled([before, result]) // whoever left early still has those before it
      return result
    },
  }
}

async function unlessAborted(before: Promise<unknown>, signal: AbortSignal): Promise<void> {
  let leave: () => void = () => undefined
  const fired = new Promise<never>((_, reject) => {
    leave = () => reject(new LongtabError('aborted', 'the completion was cancelled'))
  })
  signal.addEventListener('abort', leave)
  try {
    if (signal.aborted) leave()
    await Promise.race([before, fired])
  } finally {
    signal.removeEventListener('abort', leave)
    fired.catch(() => undefined)
  }
}
