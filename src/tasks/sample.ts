// A generated ship's log for trying the page: the same text for the same seed, of any length, with planted facts and
// questions about them. The built-in model was trained on every wording, so it can answer them.
import templates from '../../training/templates.json' with { type: 'json' }
import {
  fill,
  plant,
  plantPasskey,
  type Draws,
  type Fact,
  type Question,
  type Wording,
} from './wording.ts'

const { facts, lists, log } = templates

export type SampleQuestion = Question

export interface Sample {
  readonly text: string
  /** one of each kind */
  readonly questions: readonly SampleQuestion[]
  /** about every fact in the text, including distractors of the same kind */
  readonly allQuestions: readonly SampleQuestion[]
}

/** for this text, with common tokenizers */
const unitsPerToken = 4
const sentencesPerDay = 6

/** A log of about `tokens` tokens. Pure: it depends on the arguments only. */
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
      fact && written >= depthOf(next, planted) * units;
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

/** Relative position 0…1 of the fact with this index. */
function depthOf(index: number, facts: readonly Fact[]): number {
  return (index + 0.5) / facts.length
}

function dayEntry(date: Date, due: readonly string[], random: Draws): string {
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

interface Planted extends Fact {
  /** false for a distractor */
  readonly offered: boolean
}

/** Facts in document order: one of each kind to ask for, and distractors of the same kinds. */
function plantedFacts(random: Draws): Planted[] {
  const { code, born, kept, colour, stowed, bound, paid, work } = facts
  const asked = [code, kept, born, colour, stowed, bound, paid, work]
  const taken = new Set<string>()
  const planted = [...asked, code, kept, born, colour, code].map((wording, i) => ({
    ...plant(withoutLists(wording), taken, random),
    offered: i < asked.length,
  }))
  planted.push({ ...plantPasskey(random), offered: true })
  return shuffled(planted, random)
}

/** The wording without patterns that need word lists: the log's words are all from templates.json. */
function withoutLists(wording: Wording): Wording {
  const selfContained = (pattern: string) => !pattern.includes('{any')
  return {
    ...wording,
    keys: wording.keys.filter(selfContained),
    values: wording.values.filter(selfContained),
  }
}

function shuffled<T>(items: readonly T[], random: Draws): T[] {
  const keyed = items.map((item) => ({ item, key: random.between(0, 2 ** 31) }))
  return keyed.toSorted((a, b) => a.key - b.key).map(({ item }) => item)
}

/**
 * Marsaglia's 32-bit xorshift, started from a scrambled seed. Not `seeded`: the built-in model's heads were trained and
 * measured on the texts of this generator.
 */
function generator(seed: number): Draws {
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
