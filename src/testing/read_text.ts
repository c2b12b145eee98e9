// Documents as the engine reads their text, for the tests of encodings.
import { seeded } from '../random.ts'
import { openText } from '../text/source.ts'

/** The bytes as a stream of parts of 1 to `longest` bytes. */
export function streamed(
  bytes: Uint8Array,
  longest: number,
  seed: number,
): ReadableStream<Uint8Array> {
  const random = seeded(seed)
  let at = 0
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) {
        controller.close()
        return
      }
      const end = at + 1 + Math.floor(random() * longest)
      controller.enqueue(bytes.slice(at, end))
      at = end
    },
  })
}

/** Everything that is found in a document. */
export async function readText(document: Blob | ReadableStream<Uint8Array>, named?: string) {
  const source = openText(document, named)
  let text = ''
  for await (const chunk of source.chunks) text += chunk
  return { text, encoding: source.encoding(), notes: source.notes() }
}
