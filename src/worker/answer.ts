// A streamed answer, to a question or of a survey: pieces of text as they come, and a summary at the end.
/**
 * Starts at once, whether or not anyone iterates.
 * @param signal of the caller
 * @param run gives the text to `onText`; ends early when `stopped` fires
 */
export function createAnswer<Summary extends { readonly text: string }>(
  signal: AbortSignal | undefined,
  run: (onText: (text: string) => void, stopped: AbortSignal) => Promise<Summary>,
): AsyncIterable<string> & { readonly summary: Promise<Summary> } {
  const left = new AbortController() // the loop was left
  const stopped = signal ? AbortSignal.any([signal, left.signal]) : left.signal
  const waiting: string[] = []
  let wake: () => void = () => undefined
  let ended = false
  const summary = run((text) => {
    waiting.push(text)
    wake()
  }, stopped).finally(() => {
    ended = true
    wake()
  })
  summary.catch(() => undefined) // whoever iterates or awaits it gets the error

  async function* pieces(): AsyncGenerator<string> {
    let given = 0 // characters
    try {
      for (;;) {
        const text = waiting.shift()
        if (text !== undefined) {
          given += text.length
          yield text
        } else if (ended) break
        else await new Promise<void>((resolve) => (wake = resolve))
      }
      // pieces and summary come from the worker by ports of their own, and the summary may be here first
      const { text } = await summary
      if (given < text.length) yield text.slice(given)
    } finally {
      left.abort()
    }
  }
  return { summary, [Symbol.asyncIterator]: pieces }
}
