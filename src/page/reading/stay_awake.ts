// Keeps the screen on while the page works, as far as the browser lets it: a device that goes to sleep stops reading.

/** Returns what lets the device sleep again. */
export function stayAwake(): () => void {
  // the types promise it; not every browser has it
  const { wakeLock } = navigator as { wakeLock?: WakeLock }
  let isWanted = true
  let lock: WakeLockSentinel | undefined
  const ask = async (): Promise<void> => {
    if (document.hidden) return // a page that nobody sees loses the lock, and asks again when it is seen
    lock = await wakeLock?.request('screen').catch(() => undefined) // a low battery may forbid it
    if (!isWanted) await lock?.release()
  }
  const askAgain = (): void => void ask()
  document.addEventListener('visibilitychange', askAgain)
  askAgain()
  return () => {
    isWanted = false
    document.removeEventListener('visibilitychange', askAgain)
    void lock?.release()
  }
}
