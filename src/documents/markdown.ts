// Markdown: as it is, each heading a place.
import type { OpenFormat, Piece } from './format.ts'
import { decodedText, linesOf } from './text_chunks.ts'

export const open: OpenFormat = async (blob, options) => {
  const { source, about } = decodedText(blob, options)
  return { ...about, pieces: pieces(source.chunks) }
}

const heading = /^ {0,3}#{1,6}[ \t]+(.*?)[ \t#]*$/
const underline = /^ {0,3}(=+|-+)[ \t]*$/
const fence = /^ {0,3}(```|~~~)/

async function* pieces(chunks: AsyncIterable<string>): AsyncGenerator<Piece> {
  let isFenced = false
  let held: string | undefined // a line of text, which an underline would make a heading
  for await (const text of linesOf(chunks)) {
    const line = text.trimEnd()
    if (fence.test(line)) isFenced = !isFenced
    const title = isFenced ? undefined : heading.exec(line)?.[1]
    if (held !== undefined) {
      const isTitle = !isFenced && underline.test(line)
      yield isTitle
        ? { text: held, place: { kind: 'heading', value: held.trim() } }
        : { text: held }
      held = undefined
      if (isTitle) {
        yield { text }
        continue
      }
    }
    if (title !== undefined && title !== '')
      yield { text, place: { kind: 'heading', value: title } }
    else if (isFenced || line.trim() === '') yield { text }
    else held = text
  }
  if (held !== undefined) yield { text: held }
}
