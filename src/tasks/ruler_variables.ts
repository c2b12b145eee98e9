// RULER's variable tracking (`variable_tracking.py`): a chain of assignments in noise, asked for by its value, after one
// worked example. As a conversation: several chains, asked for one after the other (SCBench's variable tracking).
import { fit } from './fit.ts'
import { noise } from './haystack.ts'
import { matchAll } from './metrics.ts'
import type { Random } from './random.ts'
import type { Generator, Question } from './task.ts'

const hops = 4
const exampleNoise = 5

interface Chain {
  readonly value: string
  readonly names: readonly string[]
}

export const variables: Generator = (request) =>
  fit(request, 1, (size, random) => {
    const example = newChain(3, random)
    const chain = newChain(5, random)
    return {
      context: `${worked(example, random)}\n\n${text([chain], size, random)}`,
      questions: [questionFor(chain)],
    }
  })

export const variableTurns: Generator = (request) =>
  fit(request, 1, (size, random) => {
    const chains = Array.from({ length: Math.max(2, request.questions) }, () => newChain(5, random))
    return { context: text(chains, size, random), questions: chains.map(questionFor), turns: true }
  })

function newChain(letters: number, random: Random): Chain {
  const letter = () => String.fromCharCode(65 + random.below(26))
  const names = new Set<string>()
  while (names.size <= hops) names.add(Array.from({ length: letters }, letter).join(''))
  return { value: random.digits(5), names: [...names] }
}

function assignments({ value, names }: Chain): string[] {
  return names.map((name, i) => `VAR ${name} = ${i === 0 ? value : `VAR ${names[i - 1] ?? ''} `}`)
}

/** Assignments in order, at random indices of the noise. */
function text(chains: readonly Chain[], size: number, random: Random): string {
  const lines = new Array<string>(size).fill(noise)
  for (const chain of chains) {
    const indices = chain.names.map(() => random.below(lines.length + 1)).sort((a, b) => a - b)
    assignments(chain)
      .map((line, i) => ({ line, index: indices[i] ?? 0 }))
      .reverse()
      .forEach(({ line, index }) => lines.splice(index, 0, line))
  }
  return `Memorize and track the chain(s) of variable assignment hidden in the following text.\n\n${lines.join('\n')}`
}

function worked(chain: Chain, random: Random): string {
  const { question, lead, answers } = questionFor(chain)
  return `${text([chain], exampleNoise, random)}\n${question}${lead}${answers.join(' ')}`
}

function questionFor({ value, names }: Chain): Question {
  return {
    question: `Question: Find all variables that are assigned the value ${value} in the text above.`,
    lead: ` Answer: According to the chain(s) of variable assignment in the text above, ${names.length} variables are assigned the value ${value}, they are: `,
    answers: names,
    metric: matchAll,
    maxTokens: 30,
  }
}
