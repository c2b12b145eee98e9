// Fills in the wordings that the built-in model was trained on (training/templates.json): facts to plant in a text, and
// questions about them. The training program fills them in the same way (training/tasks.py).
import templates from '../../training/templates.json' with { type: 'json' }
import { ownWords } from './words.ts'

const { lists, names, passkey } = templates

export interface Question {
  readonly question: string
  readonly answer: string
  /** the answer in the trained form: a sentence that ends with it */
  readonly reply: string
}

export interface Fact {
  /** the sentence that states the fact */
  readonly text: string
  readonly ask: Question
}

/** One kind of fact. */
export interface Wording {
  readonly keys: readonly string[]
  readonly values: readonly string[]
  readonly statements: readonly string[]
  readonly questions: readonly string[]
  readonly answer: string
}

/** Seeded draws. */
export interface Draws {
  /** an integer from…to, both included */
  between(from: number, to: number): number
  pick(from: readonly string[]): string
  digits(count: number): string
}

/** Plants a fact about a key that is not in `taken`, and adds the key. */
export function plant(wording: Wording, taken: Set<string>, random: Draws): Fact {
  let key: string
  do key = fill(random.pick(wording.keys), random)
  while (taken.has(key))
  taken.add(key)
  const answer = fill(random.pick(wording.values), random)
  const filled = (pattern: string) => pattern.replaceAll('{key}', key).replace('{value}', answer)
  const text = filled(random.pick(wording.statements))
  return {
    text,
    ask: { question: filled(asFirstPut(wording)), answer, reply: filled(wording.answer) },
  }
}

/** InfiniteBench's pass key. */
export function plantPasskey(random: Draws): Fact {
  const answer = fill(passkey.value, random)
  return {
    text: passkey.statement.replaceAll('{value}', answer),
    ask: {
      question: asFirstPut(passkey),
      answer,
      reply: passkey.answer.replace('{value}', answer),
    },
  }
}

/** The wording of the question that was trained most often. */
function asFirstPut({ questions: [first = ''] }: Pick<Wording, 'questions'>): string {
  return first
}

/** Replaces every {slot} by its given value or by a draw. */
export function fill(
  pattern: string,
  random: Draws,
  given: Readonly<Record<string, string>> = {},
): string {
  return pattern.replace(/\{(\w+)\}/g, (_, slot: string) => given[slot] ?? draw(slot, random))
}

const wordLists = new Map<string, readonly string[]>([
  ...Object.entries(lists).map(([slot, { train }]) => [slot, train] as const),
  ['anyadjective', ownWords.adjectives],
  ['anynoun', ownWords.nouns],
  ['anyverb', ownWords.nouns], // passwords only, where any word is allowed
])
const composed = new Map(Object.entries(names))

function draw(slot: string, random: Draws): string {
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
