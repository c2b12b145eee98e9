// Slots that are free behind the document, for questions and answers.
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

/** Tokens that earlier turns and the question may take: what the answer leaves them, and half of the room at least. */
export function roomToAsk(engine: Engine, maxTokens = defaultMaxTokens): number {
  const room = roomBehind(engine)
  return Math.max(room - maxTokens, room / 2)
}
