// Slots that are free behind the document, for questions and answers.
import { LongtabError } from '../api/errors.ts'
import type { Engine } from '../forward/engine.ts'

/** Free slots of the fullest head; unlimited where the cache grows. */
export function roomBehind({ cache, policy }: Engine): number {
  if (!policy.evicts) return Infinity
  return Math.min(
    ...cache.layers.flatMap(({ heads }) =>
      heads.map(({ capacity, occupied }) => capacity - occupied),
    ),
  )
}

/** Length of an answer that nobody bounds. */
export const defaultMaxTokens = 512

/** Throws LongtabError `bad-setting`. */
export function requireMaxTokens(maxTokens: number): void {
  if (Number.isSafeInteger(maxTokens) && maxTokens >= 1) return
  throw new LongtabError(
    'bad-setting',
    `max tokens must be a whole number of at least 1, not ${maxTokens}`,
  )
}

/** Tokens that earlier turns and the question may take: what the answer leaves them, and half of the room at least. */
export function roomToAsk(engine: Engine, maxTokens = defaultMaxTokens): number {
  const room = roomBehind(engine)
  return Math.max(room - maxTokens, room / 2)
}
