// Language modelling: how well prose is predicted after prose. Measures perplexity, and the divergence of the predictions
// from the full cache's.
import { fit } from './fit.ts'
import type { Generator } from './task.ts'

/** Sentences at the end that are predicted instead of read: about 100 tokens, the same for all policies. */
const continuationSentences = 6

export const prose: Generator = (request) =>
  fit(request, 1, (size, random) => {
    const source = request.haystack(random, request.words)
    const sentences = Array.from(
      { length: size + continuationSentences },
      () => source.next().value,
    )
    return {
      context: sentences.slice(0, size).join(' '),
      questions: [],
      continuation: ` ${sentences.slice(size).join(' ')}`,
    }
  })
