// Two tasks about distant text. The first is a conversation over random strings (after SCBench's prefix–suffix retrieval;
// the wording is ours). The second is an instruction at the start that every answer must follow (system-prompt retention,
// after "The pitfalls of KV cache compression", arXiv 2510.00231).
import { fit } from './fit.ts'
import { matchAll } from './metrics.ts'
import { newKey } from './words.ts'
import type { Generator, Question } from './task.ts'

const stringLength = 24
const shown = 6

export const prefixSuffix: Generator = (request) =>
  fit(request, Math.max(2, request.questions), (size, random) => {
    const character = () => random.below(36).toString(36)
    const strings = Array.from({ length: size }, () =>
      Array.from({ length: stringLength }, character).join(''),
    )
    const indices = random.sample([...strings.keys()], Math.max(2, request.questions))
    return {
      context: `Remember the following strings. I will ask you for some of them by their beginning and their end.\n\n${strings.join('\n')}`,
      questions: indices.map((index): Question => {
        const string = strings[index] ?? ''
        return {
          question: `Which string begins with ${string.slice(0, shown)} and ends with ${string.slice(-shown)}?`,
          lead: '',
          answers: [string],
          metric: matchAll,
          maxTokens: 150,
          depth: index / Math.max(1, size - 1),
        }
      }),
      turns: true,
    }
  })

export const systemPrompt: Generator = (request) =>
  fit(request, 1, (size, random) => {
    const source = request.haystack(random, request.words)
    const word = random.pick(request.words.nouns).toUpperCase()
    const keys = new Set<string>()
    const sentences = Array.from({ length: size }, () => source.next().value)
    const facts = Array.from({ length: request.questions }, () => {
      const key = newKey(request.words, random, keys)
      sentences.splice(random.below(size), 0, `The number of the ${key} is ${random.digits(5)}.`)
      return key
    })
    return {
      context: `Rule for the whole conversation: begin every answer with the word ${word}.\n\n${sentences.join(' ')}`,
      questions: facts.map((key): Question => ({
        question: `What is the number of the ${key}?`,
        lead: '',
        answers: [word],
        metric: matchAll,
        maxTokens: 24,
      })),
    }
  })
