// The prompt of a document: its token ids piece by piece, after the ids that precede it. Also converts tokens read into a
// share of the document's bytes.
import type { LongDocument } from '../api/document.ts'
import type { ChatForm } from '../text/chat.ts'
import type { DocumentPassages } from '../recall/document_passages.ts'
import { pieces } from '../text/pieces.ts'
import { refuseBlank, type TextSource } from '../text/source.ts'
import { trimmedEnd } from '../text/trimmed_end.ts'
import type { Tokenizer } from '../text/tokenizer.ts'

export interface DocumentPrompt {
  /** prompt tokens before the document's first: the template's, or the start token */
  readonly prefix: readonly number[]
  /** of the whole prompt; may be called once */
  ids(): AsyncGenerator<readonly number[]>
  /** of the document, in the ids so far */
  tokens(): number
  /** share 0…1 of the document's bytes, after `done` of its tokens; undefined where the length is unknown */
  shareRead(done: number): number | undefined
  /** what is known of the document once all its ids were taken */
  found(): Pick<LongDocument, 'pieces' | 'encoding' | 'notes'>
}

/**
 * @param form chat: in the template, behind its prefix; plain: as the tokenizer frames a text
 * @param passages takes the document's pieces too
 */
export function documentPrompt(
  text: TextSource,
  form: 'chat' | 'plain',
  tokenizer: Tokenizer,
  chat: ChatForm,
  passages?: DocumentPassages,
): DocumentPrompt {
  const { before, after } = tokenizer.frame
  const start =
    form === 'chat'
      ? { ids: chat.prefix, boundary: chat.boundary, lead: chat.lead }
      : { ids: before, boundary: 'start' as const, lead: '' }
  const firstChar: number[] = []
  const firstToken: number[] = []
  let tokens = 0 // tokens in pieces so far
  let charsTaken = start.lead.length // characters in pieces so far, including the lead
  let charsInPieces = 0
  let trimmed = 0 // UTF-16 units of white space left out at the end

  async function* chunks(): AsyncGenerator<string> {
    if (start.lead !== '') yield start.lead
    const written = refuseBlank(text.chunks)
    const read = form === 'chat' ? trimmedEnd(written, (units) => (trimmed = units)) : written
    for await (const chunk of read) {
      charsTaken += chunk.length
      yield chunk
    }
  }

  async function* ids(): AsyncGenerator<readonly number[]> {
    yield start.ids
    const specials = form === 'chat' ? 'data' : 'control'
    for await (const piece of pieces(chunks(), tokenizer, { specials, boundary: start.boundary })) {
      firstChar.push(Math.max(0, piece.firstChar - start.lead.length))
      firstToken.push(tokens)
      tokens += piece.ids.length
      charsInPieces = piece.firstChar + piece.text.length
      await passages?.push(piece.ids, piece.text)
      yield piece.ids
    }
    await passages?.end()
    if (form === 'plain') yield after
  }

  return {
    prefix: start.ids,
    ids,
    tokens: () => tokens,
    // bytes taken, scaled by characters in pieces, scaled by tokens read
    shareRead(done) {
      const taken = text.share()
      return (
        taken && (taken * charsInPieces * done) / (Math.max(1, charsTaken) * Math.max(1, tokens))
      )
    },
    found: () => ({
      pieces: {
        firstChar: Float64Array.from(firstChar),
        firstToken: Uint32Array.from(firstToken),
      },
      encoding: text.encoding(),
      notes: trimmed === 0 ? text.notes() : [...text.notes(), trimmedNote(trimmed)],
    }),
  }
}

function trimmedNote(units: number): string {
  return `White space at the end was left out: ${units.toLocaleString('en-US')} ${units === 1 ? 'character' : 'characters'}.`
}
