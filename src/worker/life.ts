// Whether a worker is alive. It holds a lock for as long as it lives, and the page waits for the same lock.

/** What a worker says first, once it holds its lock; without a name where the browser has no locks. */
interface Alive {
  readonly alive: string | undefined
}

/** In the worker, whose script has begun. */
export function showLife(): void {
  const say = (alive: string | undefined): void => postMessage({ alive } satisfies Alive)
  const { locks } = navigator as Partial<Pick<Navigator, 'locks'>>
  if (locks === undefined) {
    say(undefined)
    return
  }
  const name = `longtab worker ${crypto.randomUUID()}`
  void locks.request(name, () => {
    say(name)
    return new Promise(() => undefined)
  })
}

/**
 * In the page: waits for the worker's lock.
 * @param lock its name, as the worker said it
 * @param onEnd called when the worker has ended, for whatever reason
 */
export function watchLife(lock: string | undefined, onEnd: () => void): void {
  if (lock !== undefined) void navigator.locks.request(lock, onEnd)
}

/** Whether a message is a worker's first. */
export function isAlive(data: unknown): data is Alive {
  return typeof data === 'object' && data !== null && 'alive' in data
}
