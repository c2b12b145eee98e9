// CSV and TSV: a line for each row, every cell behind its column's name, the row as the place.
import Papa from 'papaparse'
import type { OpenFormat, Piece } from './format.ts'
import { RowText } from './row_text.ts'
import { decodedText } from './text_chunks.ts'

export const open: OpenFormat = async (blob, options) => {
  const { source, about } = decodedText(blob, options)
  return { ...about, pieces: pieces(source.chunks) }
}

/** UTF-16 units that one row may have: an open quote would swallow the rest of the file. */
const longestRow = 1_000_000

interface Parsed {
  readonly data: readonly (readonly string[])[]
  readonly meta: { readonly cursor: number }
}

async function* pieces(chunks: AsyncIterable<string>): AsyncGenerator<Piece> {
  const rows = new RowText()
  let delimiter: string | undefined
  let newline: ReturnType<typeof newlineOf> | undefined
  let rest = ''
  let row = 0
  const parse = (isLast: boolean): Piece[] => {
    delimiter ??= Papa.parse(rest.slice(0, 20_000), { preview: 20, skipEmptyLines: true }).meta
      .delimiter
    newline ??= newlineOf(rest)
    const parser = new Papa.Parser({ delimiter, newline })
    const { data, meta } = parser.parse(rest, 0, !isLast) as Parsed
    rest = isLast ? '' : rest.slice(meta.cursor)
    return data.flatMap((cells) => {
      row += 1
      const text = rows.row(cells)
      return text === '' ? [] : [{ text, place: { kind: 'row', value: row } } satisfies Piece]
    })
  }
  for await (const chunk of chunks) {
    rest += chunk
    yield* parse(rest.length > longestRow)
  }
  yield* parse(true)
}

function newlineOf(text: string): '\n' | '\r\n' | '\r' {
  const first = /\r\n|\n|\r/.exec(text)?.[0]
  return first === '\r\n' || first === '\r' ? first : '\n'
}
