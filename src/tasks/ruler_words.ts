// RULER's aggregation tasks: the common words of a list (`common_words_extraction.py`) and the frequent words of a coded
// text (`freq_words_extraction.py`).
import { fit } from './fit.ts'
import { matchAll } from './metrics.ts'
import type { Random } from './random.ts'
import type { Generator, Question } from './task.ts'
import { differentWords, type Words } from './words.ts'

const commonCount = 10
/** From this length on RULER repeats words more often. */
const longFrom = 4096

interface WordList {
  readonly text: string
  readonly common: readonly string[]
}

export const commonWords: Generator = (request) => {
  const isLong = request.length >= longFrom
  const [often, seldom] = isLong ? [30, 3] : [6, 1]
  return fit(request, commonCount + 1, (size, random) => {
    const example = isLong
      ? wordList(40, 10, 3, request.words, random)
      : wordList(20, 3, 1, request.words, random)
    const list = wordList(size, often, seldom, request.words, random)
    const { question, lead } = commonQuestion(list)
    return {
      context: `${listed(example)}\n${question}${lead} ${numbered(example.common)}\n${listed(list)}`,
      questions: [commonQuestion(list)],
    }
  })
}

function wordList(
  different: number,
  often: number,
  seldom: number,
  words: Words,
  random: Random,
): WordList {
  const drawn = differentWords(words, random, different)
  const all = drawn.flatMap((word, i) =>
    new Array<string>(i < commonCount ? often : seldom).fill(word),
  )
  return { text: numbered(random.shuffle(all)), common: drawn.slice(0, commonCount) }
}

function numbered(words: readonly string[]): string {
  return words.map((word, i) => `${i + 1}. ${word}`).join(' ')
}

function listed({ text }: WordList): string {
  return `Below is a numbered list of words. In these words, some appear more often than others. Memorize the ones that appear most often.\n${text}`
}

function commonQuestion({ common }: WordList): Question {
  return {
    question: 'Question: What are the 10 most common words in the above list?',
    lead: ' Answer: The top 10 words that appear most often in the list are:',
    answers: common,
    metric: matchAll,
    maxTokens: 120,
  }
}

/** Frequencies fall with the rank to the power of −2: count = N · k⁻² / ζ(2). */
const zeta2 = Math.PI ** 2 / 6

export const frequentWords: Generator = (request) =>
  fit(request, 20, (size, random) => {
    const vocabulary = new Set(['...'])
    const letter = () => String.fromCharCode(97 + random.below(26))
    const different = Math.max(5, Math.floor(request.length / 50))
    while (vocabulary.size < different) vocabulary.add(Array.from({ length: 6 }, letter).join(''))
    const coded = [...vocabulary]
    const counts = coded.map((_, i) => Math.floor((size * (i + 1) ** -2) / zeta2))
    const text = coded.flatMap((word, i) =>
      new Array<string>(Math.max(i < 4 ? 5 - i : 0, counts[i] ?? 0)).fill(word),
    )
    return {
      context: `Read the following coded text and track the frequency of each coded word. Find the three most frequently appeared coded words. ${random.shuffle(text).join(' ')}`,
      questions: [
        {
          question:
            "Question: Do not provide any explanation. Please ignore the dots '....'. What are the three most frequently appeared words in the above coded text?",
          lead: ' Answer: According to the coded text above, the three most frequently appeared words are:',
          answers: coded.slice(1, 4),
          metric: matchAll,
          maxTokens: 50,
        },
      ],
    }
  })
