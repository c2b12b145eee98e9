// Which text every step trains on, and which are held out: decided by the seed alone, so that a training that goes on
// after a stop meets the texts it would have met.
import { sampleDocument } from '../sample.ts'
import { uniform } from '../random.ts'
import { parseTrainingLines } from './jsonl.ts'
import type { TrainingText } from './sample.ts'
import type { TrainingSettings } from './settings.ts'

export interface TrainingData {
  /** names the data in the heads' file */
  readonly hash: string
  /** texts held out: at most a fifth of those there are */
  readonly heldOut: number
  /** the text of a step */
  at(step: number): TrainingText
  heldOutAt(index: number): TrainingText
}

type Choosing = Pick<TrainingSettings, 'seed' | 'heldOut'>

/** The user's lines, shuffled anew in every round. Throws LongtabError `bad-input` naming the line. */
export async function linesData(file: Blob, { seed, heldOut }: Choosing): Promise<TrainingData> {
  const bytes = await file.arrayBuffer()
  const texts = parseTrainingLines(new TextDecoder().decode(bytes))
  const order = shuffled(texts, seed, 0)
  const kept = Math.min(heldOut, Math.floor(texts.length / 5))
  const training = order.slice(kept)
  return {
    hash: `sha256:${hex(await crypto.subtle.digest('SHA-256', bytes))}`,
    heldOut: kept,
    at(step) {
      const round = Math.floor(step / training.length)
      return present(shuffled(training, seed, round + 1)[step % training.length])
    },
    heldOutAt: (index) => present(order[index]),
  }
}

/** Made-up documents with questions about them, a new one every step. @param tokens about how long, by common tokenizers */
export function madeUpData(tokens: number, { seed, heldOut }: Choosing): TrainingData {
  const text = (kind: number, index: number): TrainingText => {
    const { text: context, questions } = sampleDocument(tokens, documentSeed(seed, kind, index))
    const turns = questions.map(({ question, answer }) => ({ question, answer }))
    return { context, turns, place: `document ${index}` }
  }
  return {
    hash: 'made-up documents',
    heldOut,
    at: (step) => text(0, step),
    heldOutAt: (index) => text(1, index),
  }
}

function documentSeed(seed: number, kind: number, index: number): number {
  return Math.floor(2 ** 31 * uniform(seed, kind, index))
}

function shuffled<Item>(items: readonly Item[], seed: number, round: number): Item[] {
  const keys = items.map((_, i) => uniform(seed, round, i))
  return Array.from(items.keys())
    .sort((a, b) => (keys[a] ?? 0) - (keys[b] ?? 0))
    .flatMap((i) => items.slice(i, i + 1))
}

function present(text: TrainingText | undefined): TrainingText {
  if (text) return text
  throw new RangeError('there is no such training text')
}

export function hex(bytes: ArrayBuffer): string {
  return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
