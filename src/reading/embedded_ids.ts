// Token ids against the rows of the embedding. Beyond its end a GPU reads whatever lies there, which may be of an earlier
// document, and says nothing.
import { LongtabError } from '../api/errors.ts'
import type { ChatForm } from '../text/chat.ts'
import type { Tokenizer } from '../text/tokenizer.ts'

/**
 * Throws LongtabError `bad-file` where the tokenizer of a model has ids that its embedding has no row for: any of its
 * vocabulary, or one that the chat template writes. Added tokens that nothing writes may lie beyond.
 */
export function requireFittingTokenizer(
  tokenizer: Tokenizer,
  chat: ChatForm,
  vocabulary: number,
): void {
  const written = [...tokenizer.frame.before, ...chat.prefix, ...chat.answerStart]
  const largest = written.reduce((most, id) => Math.max(most, id), tokenizer.largestId)
  if (largest < vocabulary) return
  throw new LongtabError(
    'bad-file',
    `the tokenizer has token ids up to ${inFigures(largest)} and the embedding has ${inFigures(vocabulary)} rows; they are not of one model, fetch both again`,
  )
}

/** Throws LongtabError `bad-file` at an id that the embedding has no row for. */
export function requireEmbedded(ids: ArrayLike<number>, vocabulary: number): void {
  for (let i = 0; i < ids.length; i++) {
    const id = ids[i] ?? 0
    if (id >= 0 && id < vocabulary) continue
    throw new LongtabError(
      'bad-file',
      `token id ${inFigures(id)} has no row in the embedding, which has ${inFigures(vocabulary)}; tokenizer and weights are not of one model`,
    )
  }
}

function inFigures(count: number): string {
  return count.toLocaleString('en-US')
}
