// InfiniteBench's synthetic tasks (Zhang et al. 2024, arXiv 2402.13718; `construct_synthetic_dataset.py`, prompts for
// open models from `prompt.py`), at any length. A prompt that names no question stands before the document.
import { fit } from './fit.ts'
import { noise } from './haystack.ts'
import { amongWords, firstInteger, firstNumber } from './metrics.ts'
import type { Random } from './random.ts'
import type { Generator, Question, TaskDocument } from './task.ts'

export const passkey: Generator = (request) =>
  fit(request, 1, (size, random) =>
    hidden(size, random, {
      header:
        'There is an important info hidden inside a lot of irrelevant text. Find it and memorize them. I will quiz you about the important information there.',
      name: 'pass key',
      value: Array.from({ length: 5 }, () => random.below(10)).join(''),
      maxTokens: 6,
    }),
  )

export const numberString: Generator = (request) =>
  fit(request, 1, (size, random) =>
    hidden(size, random, {
      header:
        'There is an important info hidden inside a lot of irrelevant text. Find it. I will quiz you about the important information there.',
      name: 'sequence of digits',
      value: repeatedDigits(random),
      maxTokens: 12,
    }),
  )

interface HiddenNumber {
  readonly header: string
  readonly name: string
  readonly value: string
  readonly maxTokens: number
}

function hidden(
  size: number,
  random: Random,
  { header, name, value, maxTokens }: HiddenNumber,
): TaskDocument {
  const before = random.below(size + 1)
  const lines = new Array<string>(size).fill(noise)
  lines.splice(before, 0, `The ${name} is ${value}. Remember it. ${value} is the ${name}.`)
  return {
    context: `${header}\n\n${lines.join('\n')}`,
    questions: [
      {
        question: `What is the ${name}?`,
        lead: ` The ${name} is`,
        answers: [value],
        metric: firstInteger,
        maxTokens,
        depth: before / size,
      },
    ],
  }
}

/** Five random digits, then five times a copy of one of the digits so far in front of it. */
function repeatedDigits(random: Random): string {
  const digits = Array.from({ length: 5 }, () => random.below(10))
  for (let length = 5; length < 10; length++) {
    const at = random.below(length)
    digits.splice(at, 0, digits[at] ?? 0)
  }
  return digits.join('')
}

/** KV retrieval; with `turns` the questions make a conversation, as in SCBench. */
export function keyValues(turns: boolean): Generator {
  return (request) => {
    const asked = Math.max(turns ? 2 : 1, request.questions)
    return fit(request, asked, (size, random) => {
      const records = Array.from({ length: size }, () => [random.uuid(), random.uuid()] as const)
      const json = records.map(([key, value]) => `"${key}": "${value}"`).join(', ')
      const indices = random.sample([...records.keys()], asked)
      const questions = indices.map((index): Question => {
        const [key = '', value = ''] = records[index] ?? []
        return {
          question: `Key: "${key}"\nThe value associated with the specified key is: `,
          lead: '',
          answers: [value],
          metric: amongWords,
          maxTokens: turns ? 150 : 50,
          depth: index / Math.max(1, size - 1),
        }
      })
      return {
        context: `Extract the value corresponding to the specified key in the JSON object below.\n\nJSON data:\n{${json}}`,
        questions,
        ...(turns ? { turns } : {}),
      }
    })
  }
}

const ranks: readonly [string, (sorted: readonly number[]) => number | undefined][] = [
  ['largest', (sorted) => different(sorted).at(-1)],
  ['smallest', (sorted) => different(sorted)[0]],
  ['second largest', (sorted) => different(sorted).at(-2)],
  ['second smallest', (sorted) => different(sorted)[1]],
  ['third largest', (sorted) => different(sorted).at(-3)],
  ['third smallest', (sorted) => different(sorted)[2]],
  ['median', median],
]

/**
 * Math find. The published prompt names the wanted number before the list. Here it is part of the question, since the
 * list is read before the question is known.
 */
export const mathFind: Generator = (request) =>
  fit(request, 8, (size, random) => {
    const least = random.below(20)
    const most = 79 + random.below(20)
    const list = Array.from({ length: size }, () => least + random.below(most - least + 1))
    const sorted = [...list].sort((a, b) => a - b)
    return {
      context: `[${list.join(', ')}]`,
      questions: random.sample(ranks, request.questions).map(([rank, of]): Question => {
        const verb = rank === 'median' ? 'Calculate' : 'Find'
        return {
          question: `${verb} the ${rank} number from the list above.\n\nYou should answer with only one number, no other words.`,
          lead: ` The ${rank} number of the list is: `,
          answers: [String(of(sorted) ?? sorted[0])],
          metric: firstNumber,
          maxTokens: 3,
        }
      }),
    }
  })

function different(sorted: readonly number[]): number[] {
  return [...new Set(sorted)]
}

function median(sorted: readonly number[]): number {
  const middle = (sorted.length - 1) / 2
  return ((sorted[Math.floor(middle)] ?? 0) + (sorted[Math.ceil(middle)] ?? 0)) / 2
}
