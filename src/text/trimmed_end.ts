// A document without the white space at its end. What follows the document begins with an empty line of its own, and is
// tokenized apart: the same question then has the same tokens behind every document.

/** White space held back; a longer run, in the middle or at the end, is passed on. */
const mostHeld = 65_536

const oneLineBreak = /^\r?\n$/

/**
 * The stream without its trailing white space.
 *
 * @param onTrimmed told at the end how many UTF-16 units that was, unless none or the one line break that ends most files
 */
export async function* trimmedEnd(
  chunks: AsyncIterable<string>,
  onTrimmed: (units: number) => void,
): AsyncGenerator<string> {
  let held = ''
  for await (const chunk of chunks) {
    const text = chunk.trimEnd()
    if (text === '') {
      held += chunk
      if (held.length < mostHeld) continue
      yield held
      held = ''
      continue
    }
    if (held !== '') yield held
    yield text
    held = chunk.slice(text.length)
  }
  if (held !== '' && !oneLineBreak.test(held)) onTrimmed(held.length)
}
