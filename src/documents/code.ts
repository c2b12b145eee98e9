// Source code: as it is, each line a place.
import type { OpenFormat, Piece } from './format.ts'
import { decodedText, linesOf } from './text_chunks.ts'

export const open: OpenFormat = async (blob, options) => {
  const { source, about } = decodedText(blob, options)
  return { ...about, pieces: pieces(source.chunks) }
}

async function* pieces(chunks: AsyncIterable<string>): AsyncGenerator<Piece> {
  let line = 0
  for await (const text of linesOf(chunks)) yield { text, place: { kind: 'line', value: ++line } }
}
