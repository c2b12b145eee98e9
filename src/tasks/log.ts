// Our own task: the page's sample log, with questions about some of its facts. Each fact is stated once, in the style of
// its surroundings, so nothing but the text itself marks it.
import { sampleDocument } from './sample.ts'
import { depthOf, fit } from './fit.ts'
import { matchAll } from './metrics.ts'
import type { Generator } from './task.ts'

/** In the sample's own token estimate. A shorter log consists of facts only. */
const smallest = 100

export const log: Generator = (request) =>
  fit(request, smallest, (size, random) => {
    const { text, allQuestions } = sampleDocument(size, random.below(2 ** 30))
    return {
      context: text,
      questions: random.sample(allQuestions, request.questions).map(({ question, answer }) => ({
        question,
        lead: '',
        answers: [answer],
        metric: matchAll,
        maxTokens: 48,
        depth: depthOf(text, answer),
      })),
    }
  })
