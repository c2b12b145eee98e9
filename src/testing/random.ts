// Test data that is the same on every run.
import { uniform } from '../../reference/random.ts'

/** `count` values in [−1, 1). */
export function randomValues(count: number, seed: number): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => 2 * uniform(seed, i) - 1)
}

/** `count` whole numbers in [0, below). */
export function randomIntegers(count: number, below: number, seed: number): Uint32Array {
  return Uint32Array.from({ length: count }, (_, i) => Math.floor(below * uniform(seed, i)))
}
