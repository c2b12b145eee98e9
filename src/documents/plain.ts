// Plain text: as it is, without places.
import type { OpenFormat, Piece } from './format.ts'
import { decodedText } from './text_chunks.ts'

export const open: OpenFormat = async (blob, options) => {
  const { source, about } = decodedText(blob, options)
  return { ...about, pieces: pieces(source.chunks) }
}

async function* pieces(chunks: AsyncIterable<string>): AsyncGenerator<Piece> {
  for await (const text of chunks) yield { text }
}
