// JSON: a line for each value, behind the names that lead to it, such as `orders[3].customer: Ann`. The elements of an outer
// list are rows. What is no JSON is read as the text that it is.
import type { OpenFormat, Piece } from './format.ts'
import { requireAtMost } from './faults.ts'
import { decodedText, wholeText } from './text_chunks.ts'

/** Parsed as a whole, at some ten times its bytes. */
const mostBytes = 2 ** 27

export const open: OpenFormat = async (blob, options) => {
  requireAtMost(blob.size, mostBytes, 'JSON')
  const { source, about } = decodedText(blob, options)
  let isWhole = true
  async function* pieces(): AsyncGenerator<Piece> {
    const text = await wholeText(source.chunks)
    let value: unknown
    try {
      value = JSON.parse(text)
    } catch {
      isWhole = false
      yield { text }
      return
    }
    if (!Array.isArray(value)) for (const text of lines(value)) yield { text }
    else
      for (const [i, element] of (value as unknown[]).entries()) {
        const text = [...lines(element)].join('')
        yield { text: `${text}\n`, place: { kind: 'row', value: i + 1 } }
      }
  }
  return {
    ...about,
    notes: () => (isWhole ? about.notes() : [...about.notes(), notJson]),
    pieces: pieces(),
  }
}

const notJson = 'It is not JSON throughout and was read as plain text.'

/** Nested deeper than this a value is written in one line. */
const deepest = 100

/** A value's lines, each with its line end. */
export function* lines(value: unknown, path = '', depth = 0): Generator<string> {
  if (typeof value === 'object' && value !== null && depth < deepest) {
    const isList = Array.isArray(value)
    for (const [name, member] of Object.entries(value)) {
      const step = isList ? `[${name}]` : path === '' ? name : `.${name}`
      yield* lines(member, path + step, depth + 1)
    }
    return
  }
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  yield path === '' ? `${text}\n` : `${path}: ${text}\n`
}
