// How much of a head rotates.
import type { Rotary } from '../api/description.ts'

/** Head dimensions that rotate, the first ones; the rest pass unchanged. */
export function rotatedOf({ frequencies }: Rotary): number {
  return 2 * frequencies.length
}
