// One of several machines that share a run.
import { UsageError } from './command.ts'

export interface Shard {
  /** from 1 */
  readonly index: number
  readonly of: number
}

/** Reads `i/n`. Throws UsageError. */
export function parseShard(flag: string, text: string): Shard {
  const [, index, of] = /^(\d+)\/(\d+)$/.exec(text) ?? []
  const shard = { index: Number(index), of: Number(of) }
  if (shard.index >= 1 && shard.index <= shard.of) return shard
  throw new UsageError(`${flag} must be i/n with i between 1 and n, such as 2/4, not '${text}'`)
}

/** Deals like cards: every machine gets as many, and neighbours of about one size go to different machines. */
export function dealt<Card>(cards: readonly Card[], { index, of }: Shard): Card[] {
  return cards.filter((_, i) => i % of === index - 1)
}
