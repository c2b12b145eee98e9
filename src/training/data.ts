// Training and held-out texts by step. The seed alone decides, so that a resumed training sees the same texts as an
// uninterrupted one.
import { sha256 } from '../files/sha256.ts'
import { randomOf } from '../tasks/random.ts'
import { parseTrainingLines } from './jsonl.ts'
import type { TrainingText } from './sample.ts'
import type { Schedule } from '../api/training.ts'

export interface TrainingData {
  /** identifies the data in written files: a digest, or a description that fixes every text */
  readonly name: string
  /** number of held-out texts, at most a fifth of all */
  readonly heldOut: number
  /** the text of a step, for any number of steps */
  readonly at: (step: number) => TrainingText
  readonly heldOutAt: (index: number) => TrainingText
}

export type Choosing = Pick<Schedule, 'seed' | 'heldOut'>

/**
 * The user's lines, shuffled anew in every epoch. Throws LongtabError `bad-input` naming the line.
 * @param check throws at a text that cannot be trained on, so that a training does not fail in the middle
 */
export async function linesData(
  file: Blob,
  { seed, heldOut }: Choosing,
  check: (text: TrainingText) => void,
): Promise<TrainingData> {
  const bytes = await file.arrayBuffer()
  const texts = parseTrainingLines(new TextDecoder().decode(bytes))
  texts.forEach(check)
  const order = randomOf('lines', seed).shuffle(texts)
  const kept = Math.min(heldOut, Math.floor(texts.length / 5))
  const training = order.slice(kept)
  let round = -1
  let shuffled = training
  return {
    name: `sha256:${await sha256(bytes)}`,
    heldOut: kept,
    at(step) {
      const now = Math.floor(step / training.length)
      if (now !== round) shuffled = randomOf('lines', seed, now).shuffle(training)
      round = now
      return present(shuffled[step % training.length])
    },
    heldOutAt: (index) => present(order[index % kept]),
  }
}

function present(text: TrainingText | undefined): TrainingText {
  if (text) return text
  throw new RangeError('there is no such training text')
}
