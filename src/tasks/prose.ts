// Language itself: how well prose is foreseen after prose has been read. Perplexity, and the distance of the predictions
// from those of a cache that keeps everything.
import { fit } from './fit.ts'
import type { Generator } from './task.ts'

/** Sentences at the end that are foreseen instead of read: some 100 tokens, all of one length for all policies. */
const foreseen = 6

export const prose: Generator = (request) =>
  fit(request, 1, (size, random) => {
    const source = request.haystack(random, request.words)
    const sentences = Array.from({ length: size + foreseen }, () => source.next().value)
    return {
      context: sentences.slice(0, size).join(' '),
      questions: [],
      continuation: ` ${sentences.slice(size).join(' ')}`,
    }
  })
