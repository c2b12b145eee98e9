// Tokenizes a document of any length in a bounded window. The concatenated ids of the pieces are those of the whole text
// encoded at once. A window is encoded together with text after it, and cut where a fresh start gives the same result.
// That is where the words (or else the ids) of the text behind the cut equal the end of the window's.
import { yieldToEventLoop } from './yield_to_event_loop.ts'
import type { Tokenizer } from './tokenizer.ts'
import type { Boundary } from './tokenizer_file.ts'
import type { SpecialTokens } from './variants.ts'

/** A stretch of the document with its tokens. */
export interface Piece {
  readonly ids: readonly number[]
  /** UTF-16 offset of its first character in the document's text */
  readonly firstChar: number
  readonly text: string
}

/** How to encode a document. */
export interface PieceForm {
  readonly specials: SpecialTokens
  /** left boundary of the document */
  readonly boundary: Boundary
  /** approximate UTF-16 units of a piece; `pieceLength` when absent */
  readonly length?: number
}

/** UTF-16 units. Encoding one piece takes about 5…20 ms, so that the thread is never blocked for long. */
export const pieceLength = 4_096

/**
 * UTF-16 units encoded beyond a piece. Later text can change how earlier text is split, but only through a chain of
 * overlapping tokens. In natural text such chains span only a few tokens.
 */
const context = 512

/** A window without a point to cut at grows up to this many times a piece's length, and is then cut anyway. */
const mostGrowth = 4

/** Cuts tried in a window: more than the characters of the longest token in known vocabularies (128 spaces). */
const mostTries = 160

interface Cut {
  /** UTF-16 units of the piece */
  readonly length: number
  readonly ids: readonly number[]
}

/** Encodes a stream of text piece by piece. Yields to the event loop after each piece. */
export async function* pieces(
  chunks: AsyncIterable<string>,
  tokenizer: Tokenizer,
  form: PieceForm,
): AsyncGenerator<Piece> {
  const usual = form.length ?? pieceLength
  let window = '' // text that is not yet in a piece
  let firstChar = 0
  let boundary = form.boundary
  let wanted = usual
  for await (const chunk of chunks) {
    window += chunk
    while (window.length >= wanted + context) {
      const text = window.slice(0, wanted + context)
      const cut =
        (await findCut(text, wanted, tokenizer, form.specials, boundary)) ??
        (wanted < usual * mostGrowth
          ? undefined
          : cutAnyway(text, wanted, tokenizer, form, boundary))
      await yieldToEventLoop()
      if (cut === undefined) {
        wanted *= 2
        continue
      }
      yield { ids: cut.ids, firstChar, text: window.slice(0, cut.length) }
      firstChar += cut.length
      window = window.slice(cut.length)
      boundary = 'inside'
      wanted = usual
    }
  }
  if (window === '') return
  const ids = tokenizer.encode(window, form.specials, boundary)
  yield { ids, firstChar, text: window }
}

/**
 * The piece that ends at or before `wanted` and after which encoding may start afresh. A boundary between words is
 * safest, since the text left of it no longer matters. A word longer than the window (a line of Chinese, a gene) is cut
 * between two tokens. No BPE merge crossed there, so both sides merge as they would alone.
 */
async function findCut(
  text: string,
  wanted: number,
  tokenizer: Tokenizer,
  specials: SpecialTokens,
  boundary: Boundary,
): Promise<Cut | undefined> {
  const words = tokenizer.words(text, specials, boundary)
  await yieldToEventLoop()
  const ids = tokenizer.encode(text, specials, boundary)
  await yieldToEventLoop()
  const wordsAgree = (length: number) =>
    endsWith(words, tokenizer.words(text.slice(length), specials, 'inside'))
  for (const isBoundary of [wordsAgree, () => true]) {
    let tries = 0
    for (const length of candidates(text, wanted)) {
      if (++tries > mostTries) break
      if (tries % 8 === 0) await yieldToEventLoop()
      if (!isBoundary(length)) continue
      const after = tokenizer.encode(text.slice(length), specials, 'inside')
      if (endsWith(ids, after)) return { length, ids: ids.slice(0, ids.length - after.length) }
    }
  }
  return undefined
}

/** Lengths to try: before single spaces between words, where nearly every tokenizer has a boundary, then anywhere. */
function* candidates(text: string, wanted: number): Generator<number> {
  let spaces = 0
  for (let at = wanted; at > wanted / 2 && spaces < 8; at--) {
    if (!/^\S \S/.test(text.slice(at - 1, at + 2))) continue
    spaces++
    yield at
  }
  for (let at = wanted; at > 0; at--) if (isCharacterStart(text, at)) yield at
}

function cutAnyway(
  text: string,
  wanted: number,
  tokenizer: Tokenizer,
  form: PieceForm,
  boundary: Boundary,
): Cut {
  let length = wanted
  while (length > 1 && !isCharacterStart(text, length)) length--
  return { length, ids: tokenizer.encode(text.slice(0, length), form.specials, boundary) }
}

/** Not inside a surrogate pair, nor before a combining mark or joiner. */
function isCharacterStart(text: string, at: number): boolean {
  return !/^[\udc00-\udfff\u200d\ufe00-\ufe0f]|^\p{M}/u.test(text.slice(at, at + 2))
}

function endsWith<T>(list: readonly T[], end: readonly T[]): boolean {
  const shift = list.length - end.length
  return shift >= 0 && end.every((item, i) => item === list[shift + i])
}
