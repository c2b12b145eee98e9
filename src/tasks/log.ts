// Our own: the ship's log that the page offers to try, with questions about some of its facts. They are stated once each, in
// the style of what stands around them, so nothing but having read them tells them from idle entries.
import { sampleDocument } from './sample.ts'
import { depthOf, fit } from './fit.ts'
import { matchAll } from './metrics.ts'
import type { Generator } from './task.ts'

/** In tokens by the sample's own reckoning: below this it is facts only. */
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
