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
