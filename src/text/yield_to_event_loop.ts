// Yields to the event loop (messages, timers, GPU callbacks) between two steps of a long computation. A timer would do,
// but browsers stretch nested timers to 4 ms.

/** Resolves in a later iteration of the event loop. */
export function yieldToEventLoop(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = () => {
      port1.close()
      resolve()
    }
    port2.postMessage(null)
  })
}
