// Only one tab at a time writes a model's folder. Another tab with the same model waits and then finds it stored.

/** Runs when nobody else holds the lock. Without Web Locks (Node) it runs at once. */
export async function exclusively<T>(
  name: string,
  signal: AbortSignal | undefined,
  run: () => Promise<T>,
): Promise<T> {
  // Node has a navigator without locks
  const locks = (globalThis.navigator as { locks?: LockManager } | undefined)?.locks
  if (locks === undefined) return run()
  const options = signal === undefined ? {} : { signal }
  return await locks.request(`longtab ${name}`, options, run)
}
