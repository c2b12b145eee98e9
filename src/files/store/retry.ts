// Retries network errors with a growing pause. Gives up after five failures in a row without a new byte.
import { Dropped } from '../fetch_file.ts'
import type { DownloadOptions } from './download.ts'

/** failures in a row, without a new byte, before it gives up */
const mostTries = 5

interface Retrying {
  readonly options: Pick<DownloadOptions, 'pauseMs'>
  readonly signal: AbortSignal
}

/**
 * Throws the last attempt's error: at once where it is no network error, or `signal` fired.
 * @param position of the next byte; an attempt that moved it resets the count
 */
export async function retried<T>(
  { options, signal }: Retrying,
  attempt: () => Promise<T>,
  position: () => number = () => 0,
): Promise<T> {
  for (let tries = 0, at = position(); ;) {
    try {
      return await attempt()
    } catch (error) {
      tries = position() > at ? 1 : tries + 1
      at = position()
      if (!(error instanceof Dropped) || signal.aborted || tries >= mostTries) throw error
      await pause((options.pauseMs ?? 500) * 2 ** (tries - 1), signal)
    }
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms)
    signal.addEventListener('abort', done, { once: true })
    function done(): void {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
  })
}
