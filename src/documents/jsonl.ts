// JSON lines: the values of each line behind their names, the line as the row. A line that is no JSON stays as it is.
import type { OpenFormat, Piece } from './format.ts'
import { lines } from './json.ts'
import { decodedText, linesOf } from './text_chunks.ts'

export const open: OpenFormat = async (blob, options) => {
  const { source, about } = decodedText(blob, options)
  return { ...about, pieces: pieces(source.chunks) }
}

async function* pieces(chunks: AsyncIterable<string>): AsyncGenerator<Piece> {
  let row = 0
  for await (const line of linesOf(chunks)) {
    row += 1
    if (line.trim() !== '') yield { text: `${record(line)}\n`, place: { kind: 'row', value: row } }
  }
}

function record(line: string): string {
  try {
    return [...lines(JSON.parse(line))].join('')
  } catch {
    return line
  }
}
