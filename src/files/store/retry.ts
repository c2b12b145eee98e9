// The network's failures are not the download's: it is tried again, as long as bytes arrive between them.
import { Dropped } from '../fetch_file.ts'
import type { DownloadOptions } from './download.ts'

/** failures in a row, without a byte between them, before the download is given up */
const mostTries = 5

interface Retrying {
  readonly options: Pick<DownloadOptions, 'pauseMs'>
  readonly signal: AbortSignal
}

/**
 * Throws what the last attempt threw: at once where it is no failure of the network, or `signal` fired.
 * @param position of the next byte; an attempt that moved it counts as the first again
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
