// A gate between two steps of a training: open, closed for a pause, or stopped.

export interface Gate {
  /** Resolves at once when open, else when opened or stopped. */
  pass(): Promise<'go' | 'stop'>
  closed(): boolean
  readonly open: () => void
  readonly close: () => void
  readonly stop: () => void
}

export function createGate(): Gate {
  let state: 'open' | 'closed' | 'stopped' = 'open'
  let wake: () => void = () => undefined
  const become = (next: typeof state) => () => {
    if (state === 'stopped') return
    state = next
    wake()
  }
  return {
    async pass() {
      while (state === 'closed') await new Promise<void>((resolve) => (wake = resolve))
      return state === 'stopped' ? 'stop' : 'go'
    },
    closed: () => state === 'closed',
    open: become('open'),
    close: become('closed'),
    stop: become('stopped'),
  }
}
