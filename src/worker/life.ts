// Whether a worker is alive. It holds a lock for as long as it lives, and the page waits for the same lock.

/** What a worker says once it holds its lock. */
interface Alive {
  readonly alive: string
}

/** In the worker. Does nothing where the browser has no locks. */
export function showLife(): void {
  const { locks } = navigator as Partial<Pick<Navigator, 'locks'>>
  const name = `longtab worker ${crypto.randomUUID()}`
  void locks?.request(name, () => {
    postMessage({ alive: name } satisfies Alive)
    return new Promise(() => undefined)
  })
}

/** In the page. @param onEnd called when the worker has ended, for whatever reason */
export function watchLife(worker: Worker, onEnd: () => void): void {
  worker.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
    if (isAlive(data)) void navigator.locks.request(data.alive, onEnd)
  })
}

function isAlive(data: unknown): data is Alive {
  return typeof data === 'object' && data !== null && 'alive' in data
}
