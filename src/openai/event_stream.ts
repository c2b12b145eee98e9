// A completion in parts as server-sent events. While the document is read, comments say how far that is, which clients skip: a
// connection on which nothing comes for minutes would be given up.
import type { Progress } from '../index.ts'
import { errorBody } from './error_response.ts'
import type { ChatCompletionStream } from './response.ts'

/** Milliseconds between two comments. */
const commentEveryMs = 1000

export interface EventStream {
  /** Says how far the reading is. */
  readonly onProgress: (progress: Progress) => void
  /** The events of the answer. Nobody who reads them ends it. */
  of(answer: ChatCompletionStream): ReadableStream<Uint8Array>
}

export function createEventStream(): EventStream {
  const encoder = new TextEncoder()
  let say: (text: string) => void = silently
  let isLeft = false
  let saidAt = -Infinity
  return {
    onProgress({ phase, done, total }) {
      if (performance.now() - saidAt < commentEveryMs) return
      saidAt = performance.now()
      say(`: ${phase} ${done}${total === undefined ? '' : ` of ${total}`}\n\n`)
    },
    of: (answer) =>
      new ReadableStream({
        start(controller) {
          say = (text) => controller.enqueue(encoder.encode(text))
          void tell(answer, (text) => say(text)).then(() => {
            if (!isLeft) controller.close()
            say = silently
          })
        },
        cancel() {
          isLeft = true
          say = silently
          answer.controller.abort()
        },
      }),
  }
}

function silently(): void {
  // nobody reads it
}

async function tell(answer: ChatCompletionStream, say: (text: string) => void): Promise<void> {
  const event = (data: string) => say(`data: ${data}\n\n`)
  try {
    for await (const chunk of answer) event(JSON.stringify(chunk))
    event('[DONE]')
  } catch (error) {
    event(JSON.stringify(errorBody(error)))
  }
}
