// A made-up ship's log to try the page with: the same text for the same seed, any length, with facts planted along the way
// and the questions that they answer. Every wording is one that the built-in model was trained on, so it can answer them.
import { facts, lists, log, names, passkey } from '../training/templates.json'

export interface SampleQuestion {
  readonly question: string
  readonly answer: string
  /** the answer as the built-in model is trained to give it: a sentence that ends with it */
  readonly reply: string
}

export interface Sample {
  readonly text: string
  /** one of each kind */
  readonly questions: readonly SampleQuestion[]
  /** about every fact in the text, distractors of the same kind included */
  readonly allQuestions: readonly SampleQuestion[]
}

/** of this text, by common tokenizers */
const unitsPerToken = 4
const sentencesPerDay = 6

/** A log of about this many tokens. Pure: nothing but the arguments decides it. */
export function sampleDocument(tokens = 100_000, seed = 1): Sample {
  const random = generator(seed)
  const planted = plantedFacts(random)
  const units = tokens * unitsPerToken
  const days = [fill('Log of the {ship}.', random)]
  const started = Date.UTC(random.between(1801, 1880), random.between(0, 11), 1)
  let written = days.join().length
  let next = 0
  for (let day = 0; written < units; day += 1) {
    const due: string[] = []
    for (
      let fact = planted[next];
      fact && written >= placeOf(next, planted) * units;
      fact = planted[next]
    ) {
      due.push(fact.text)
      next += 1
    }
    const entry = dayEntry(new Date(started + day * 86_400_000), due, random)
    days.push(entry)
    written += entry.length + 2
  }
  const rest = planted.slice(next).map((fact) => fact.text)
  if (rest.length > 0) days.push(rest.join(' '))
  return {
    text: `${days.join('\n\n')}\n`,
    questions: planted.filter(({ offered }) => offered).map(({ ask }) => ask),
    allQuestions: planted.map(({ ask }) => ask),
  }
}

/** Where the fact of this index stands in the document, 0…1. */
function placeOf(index: number, facts: readonly Fact[]): number {
  return (index + 0.5) / facts.length
}

function dayEntry(date: Date, due: readonly string[], random: Random): string {
  const sentences = Array.from({ length: sentencesPerDay }, () =>
    fill(random.pick(log.sentences), random),
  )
  for (const fact of due) sentences.splice(random.between(1, sentences.length), 0, fact)
  const day = fill(log.date, random, {
    weekday: lists.weekday.train[(date.getUTCDay() + 6) % 7] ?? '', // the list begins on Monday
    day: String(date.getUTCDate()),
    month: lists.month.train[date.getUTCMonth()] ?? '',
    digits2: String(date.getUTCFullYear() % 100).padStart(2, '0'),
  })
  return [day, ...sentences].join(' ')
}

interface Fact {
  readonly text: string
  readonly ask: SampleQuestion
  /** false where it is there to distract */
  readonly offered: boolean
}

interface Wording {
  readonly keys: readonly string[]
  readonly values: readonly string[]
  readonly statements: readonly string[]
  readonly questions: readonly string[]
  readonly answer: string
}

/** Facts in document order: one of each kind to ask for, and others of the same kinds beside them. */
function plantedFacts(random: Random): Fact[] {
  const { code, born, kept, colour, stowed, bound, paid, work } = facts
  const asked = [code, kept, born, colour, stowed, bound, paid, work]
  const taken = new Set<string>()
  const planted = [...asked, code, kept, born, colour, code].map((wording, i) =>
    plant(wording, i < asked.length, taken, random),
  )
  const key = fill(passkey.value, random)
  planted.push({
    text: passkey.statement.replaceAll('{value}', key),
    ask: {
      question: asFirstPut(passkey),
      answer: key,
      reply: passkey.answer.replace('{value}', key),
    },
    offered: true,
  })
  return shuffled(planted, random)
}

/** One fact about a key that is not `taken`, and now is. */
function plant(wording: Wording, offered: boolean, taken: Set<string>, random: Random): Fact {
  let key: string
  do key = fill(random.pick(wording.keys.filter(selfContained)), random)
  while (taken.has(key))
  taken.add(key)
  const answer = fill(random.pick(wording.values.filter(selfContained)), random)
  const filled = (pattern: string) => pattern.replace('{key}', key).replace('{value}', answer)
  const text = filled(random.pick(wording.statements))
  const ask = { question: filled(asFirstPut(wording)), answer, reply: filled(wording.answer) }
  return { text, ask, offered }
}

/** The wording of the question that was trained most. */
function asFirstPut({ questions: [first = ''] }: Pick<Wording, 'questions'>): string {
  return first
}

/** Whether a pattern does without the word lists of the training corpus. */
function selfContained(pattern: string): boolean {
  return !pattern.includes('{any')
}

/** Replaces every {slot} by what is given for it or by a draw, as training/tasks.py does. */
function fill(pattern: string, random: Random, given: Readonly<Record<string, string>> = {}) {
  return pattern.replace(/\{(\w+)\}/g, (_, slot: string) => given[slot] ?? draw(slot, random))
}

const wordLists = new Map(Object.entries(lists).map(([slot, { train }]) => [slot, train]))
const composed = new Map(Object.entries(names))

function draw(slot: string, random: Random): string {
  const words = wordLists.get(slot)
  if (words !== undefined) return random.pick(words)
  const pattern = composed.get(slot)
  if (pattern !== undefined) return fill(pattern, random)
  if (slot === 'Syllable') {
    const [first = '', ...rest] = fill(random.pick(['{syllable}', '{syllable}{syllable}']), random)
    return first.toUpperCase() + rest.join('')
  }
  if (slot.startsWith('digits')) return random.digits(Number(slot.slice('digits'.length)))
  return String(random.between(2, 59)) // {number}
}

interface Random {
  /** a whole number from…to, both included */
  between(from: number, to: number): number
  pick(from: readonly string[]): string
  digits(count: number): string
}

function shuffled<T>(items: readonly T[], random: Random): T[] {
  const keyed = items.map((item) => ({ item, key: random.between(0, 2 ** 31) }))
  return keyed.toSorted((a, b) => a.key - b.key).map(({ item }) => item)
}

/**
 * Marsaglia's 32-bit xorshift, started from a scrambled seed. Not `seeded`: the built-in model's heads were trained and
 * measured on the texts that this one makes.
 */
function generator(seed: number): Random {
  let state = Math.imul(seed + 1, 0x9e3779b1) | 1
  const next = (): number => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 2 ** 32
  }
  const between = (from: number, to: number): number => from + Math.floor(next() * (to - from + 1))
  return {
    between,
    pick: (from) => from[between(0, from.length - 1)] ?? '',
    digits: (count) => Array.from({ length: count }, () => between(0, 9)).join(''),
  }
}
