// Which text every step trains on, and which are held out: decided by the seed alone, so that a training that goes on
// after a stop meets the texts it would have met.
import { sha256 } from '../files/sha256.ts'
import { randomOf } from '../tasks/random.ts'
import { parseTrainingLines } from './jsonl.ts'
import type { TrainingText } from './sample.ts'
import type { Schedule } from '../api/training.ts'

export interface TrainingData {
  /** stands for the data in what is written: a digest, or a description that fixes every text */
  readonly name: string
  /** texts held out: at most a fifth of those there are */
  readonly heldOut: number
  /** the text of a step; there is no last one */
  readonly at: (step: number) => TrainingText
  readonly heldOutAt: (index: number) => TrainingText
}

export type Choosing = Pick<Schedule, 'seed' | 'heldOut'>

/**
 * The user's lines, shuffled anew in every round. Throws LongtabError `bad-input` naming the line.
 * @param check throws at a text that cannot be trained on, so that no such line is first met in the middle of a training
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
