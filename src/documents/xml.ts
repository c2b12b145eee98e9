// XML as events, parsed as it comes. The parser knows no document types: it resolves no entity but the five of XML and those
// of HTML, and fetches nothing.
import { Parser } from 'htmlparser2'

export interface XmlHandler {
  open(name: string, attributes: Readonly<Record<string, string>>): void
  text(text: string): void
  close(name: string): void
}

/**
 * Parses and gives what the handler has made after each chunk.
 * @param language html: names in lower case, elements that close each other, as browsers have them
 * @param take what the handler has made since the last call
 */
export async function* parsed<T>(
  chunks: AsyncIterable<string>,
  language: 'xml' | 'html',
  handler: XmlHandler,
  take: () => readonly T[],
): AsyncGenerator<T> {
  const parser = new Parser(
    {
      onopentag: (name, attributes) => handler.open(name, attributes),
      ontext: (text) => handler.text(text),
      onclosetag: (name) => handler.close(name),
    },
    { xmlMode: language === 'xml', decodeEntities: true },
  )
  for await (const chunk of chunks) {
    parser.write(chunk)
    yield* take()
  }
  parser.end()
  yield* take()
}

/** A text as chunks. */
export async function* oneChunk(text: string): AsyncGenerator<string> {
  yield text
}
