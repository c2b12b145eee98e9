// The decoded text of a file that is text, for the formats that are.
import { openText, type TextSource } from '../text/source.ts'
import type { FormatOptions, FormatText } from './format.ts'

/** A source and what a format that reads it says of it. */
export interface DecodedText {
  readonly source: TextSource
  readonly about: Required<Pick<FormatText, 'share' | 'notes' | 'encoding'>>
}

export function decodedText(blob: Blob, { encoding }: FormatOptions): DecodedText {
  const source = openText(blob, encoding)
  return {
    source,
    about: {
      share: () => source.share(),
      notes: () => source.notes(),
      encoding: () => source.encoding(),
    },
  }
}

/** The lines of a text, each with its line end, whatever chunks it comes in. */
export async function* linesOf(chunks: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = ''
  for await (const chunk of chunks) {
    if (rest.endsWith('\r') && !chunk.startsWith('\n')) {
      yield rest
      rest = ''
    }
    // a carriage return at the very end may be half of a line end
    const lines = chunk.split(/(?<=\n|\r(?!\n|$))/)
    lines[0] = rest + (lines[0] ?? '')
    rest = lines.at(-1)?.endsWith('\n') === true ? '' : (lines.pop() ?? '')
    yield* lines
  }
  if (rest !== '') yield rest
}

/** The whole text, where a format can only be parsed so. */
export async function wholeText(chunks: AsyncIterable<string>): Promise<string> {
  let text = ''
  for await (const chunk of chunks) text += chunk
  return text
}
