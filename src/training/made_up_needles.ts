// Generated documents for training: a few facts in unrelated text, in wordings that the built-in model knows. The facts
// are as sparse as in a real long document; the sample log is dense.
import { facts, passkey, published } from '../../training/templates.json'
import { madeUpProse } from '../tasks/haystack.ts'
import type { Random } from '../tasks/random.ts'
import { ownWords } from '../tasks/words.ts'
import { plant, plantPasskey, type Draws, type Fact, type Wording } from '../tasks/wording.ts'
import type { TrainingText } from './sample.ts'

const kinds: readonly Wording[] = Object.values(facts)
const mostFacts = 12
const mostKinds = 3
/** The rest is for the chat template. */
const shareOfReply = 0.75

/**
 * @param length most tokens of the document, by `count`
 * @param reply most tokens of a question with its answer, including the chat template's
 * @param questions most questions
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

/** RULER's sentence before a text with magic numbers, if it has any. */
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
