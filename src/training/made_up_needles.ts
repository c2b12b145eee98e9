// Made-up documents for training: a few facts, stated and asked for in the wordings the built-in model knows, in a text
// that says nothing about them. They are as sparse as what is looked for in a long document; the sample log is dense.
import { facts, passkey, published } from '../../training/templates.json'
import { madeUpProse } from '../tasks/haystack.ts'
import type { Random } from '../tasks/random.ts'
import { ownWords } from '../tasks/words.ts'
import { plant, plantPasskey, type Draws, type Fact, type Wording } from '../tasks/wording.ts'
import type { TrainingText } from './sample.ts'

const kinds: readonly Wording[] = Object.values(facts)
const mostFacts = 12
const mostKinds = 3
/** The rest is left to the chat template. */
const shareOfReply = 0.75

/**
 * @param length tokens of the document at most, by `count`
 * @param reply tokens of a question with its answer at most, what a chat template adds among them
 * @param questions asked at most
 */
export function madeUpNeedles(
  {
    length,
    reply,
    questions,
  }: { readonly length: number; readonly reply: number; readonly questions: number },
  random: Random,
  count: (text: string) => number,
): Omit<TrainingText, 'name'> {
  const draws = drawsOf(random)
  const some = random.below(6) === 0 ? [] : plantSome(random, draws)
  const short = some.filter(
    ({ ask }) => count(`${ask.question} ${ask.reply}`) <= shareOfReply * reply,
  )
  const isPasskey = short.length === 0 // its question is the shortest
  const planted = isPasskey ? [plantPasskey(draws)] : short
  const whole = () => planted.map(({ text }) => text).join(' ')
  while (planted.length > 1 && count(whole()) > length / 2) planted.pop()
  const header = isPasskey ? passkey.header : headerFor(planted)
  const sentences: string[] = []
  let room = length - count(`${header} ${whole()}`)
  for (const sentence of haystack(random)) {
    room -= count(` ${sentence}`)
    if (room < 0) break
    sentences.push(sentence)
  }
  for (const { text } of planted) sentences.splice(random.below(sentences.length + 1), 0, text)
  const asked = random.sample(planted, questions).map(({ ask }) => ask)
  return {
    context: [header, ...sentences].filter(Boolean).join(' '),
    turns: asked.map(({ question, reply }) => ({ question, answer: reply })),
  }
}

function plantSome(random: Random, draws: Draws): Fact[] {
  const some = random.sample(kinds, 1 + random.below(mostKinds))
  const taken = new Set<string>()
  const count = 1 + random.below(mostFacts)
  return Array.from({ length: count }, () => plant(random.pick(some), taken, draws))
}

/** RULER's words before a text with magic numbers, where there are some. */
function headerFor(planted: readonly Fact[]): string {
  const numbers = planted.filter(({ text }) => text.includes('special magic number'))
  if (numbers.length === 0) return ''
  return numbers.length === 1 ? published.magicHeaderOne : published.magicHeader
}

function* haystack(random: Random): Generator<string> {
  if (random.below(2) === 0) yield* madeUpProse(random, ownWords)
  for (let i = 0; ; i++) yield published.noise[i % published.noise.length] ?? ''
}

function drawsOf(random: Random): Draws {
  const between = (from: number, to: number) => from + random.below(to - from + 1)
  return {
    between,
    pick: (from) => random.pick(from),
    digits: (count) => Array.from({ length: count }, () => between(0, 9)).join(''),
  }
}
