// The `random` policy's numbers.
import { uniform } from '../src/random.ts'

export { pcg, uniform } from '../src/random.ts'

/** The `random` policy's score of a token, independent of the token's slot. */
export function randomScore(seed: number, layer: number, kvHead: number, origin: number): number {
  return uniform(seed, layer, kvHead, origin)
}
