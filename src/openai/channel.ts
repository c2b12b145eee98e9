// Items that are made in one place and iterated in another.

export interface Channel<Item> extends AsyncIterable<Item> {
  push(item: Item): void
  /** No item comes after it. @param error that the loop throws once it has had all items */
  end(error?: Error): void
}

/** @param onLeft called once when the loop has ended, whether or not all items were taken */
export function createChannel<Item>(onLeft: () => void): Channel<Item> {
  const waiting: Item[] = []
  let ended: { readonly error: Error | undefined } | undefined
  let wake: () => void = () => undefined
  async function* items(): AsyncGenerator<Item, void> {
    try {
      for (;;) {
        const item = waiting.shift()
        if (item !== undefined) yield item
        else if (ended === undefined) await new Promise<void>((resolve) => (wake = resolve))
        else if (ended.error === undefined) return
        else throw ended.error
      }
    } finally {
      onLeft()
    }
  }
  return {
    push(item) {
      waiting.push(item)
      wake()
    },
    end(error) {
      ended ??= { error }
      wake()
    },
    [Symbol.asyncIterator]: items,
  }
}
