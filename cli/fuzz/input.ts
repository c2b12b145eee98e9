// One input: a reader's good file with the damage of a seed and a round, and what the reader makes of it.
import { LongtabError } from '../../src/api/errors.ts'
import { seeded, uniform } from '../../src/random.ts'
import { UsageError } from '../shell/command.ts'
import { chosen, type Bytes, type Reader } from './reader.ts'

/** The same in every process. */
export async function inputOf(reader: Reader, seed: number, round: number): Promise<Bytes> {
  const next = seeded(Math.floor(uniform(seed, round) * 2 ** 24))
  const random = (below: number) => Math.floor(next() * below)
  return reader.damage(chosen(await reader.files(), random), random)
}

/** Whether the input was read or refused with a sentence. Throws where it was neither. */
export async function readInput(reader: Reader, input: Bytes): Promise<'read' | 'refused'> {
  try {
    await reader.read(input)
    return 'read'
  } catch (error) {
    const isCoded = error instanceof LongtabError || error instanceof UsageError
    if (isCoded && /^[^\n\r]{10,1000}$/.test(error.message)) return 'refused'
    throw isCoded
      ? new Error(`no sentence: ${error.message.slice(0, 2000)}`, { cause: error })
      : error
  }
}
