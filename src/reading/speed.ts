// How fast the model reads and writes here, as far as it was measured: an estimate needs both.
import type { Speed } from '../plan/survey_plan.ts'
import type { Streamed } from './answer.ts'

export const unmeasured: Speed = { reads: undefined, writes: undefined }

/** Fewer tokens tell of the time around them rather than of themselves. */
const enough = 8

/** @param reread tokens that were read again for the answer */
export function speedAfter(
  { reads, writes }: Speed,
  reread: number,
  {
    ids,
    timeToFirstTokenMs,
    decodeTokensPerSecond,
  }: Pick<Streamed, 'ids' | 'timeToFirstTokenMs' | 'decodeTokensPerSecond'>,
): Speed {
  return {
    reads:
      reads ?? (reread > 0 && ids.length > 0 ? (1000 * reread) / timeToFirstTokenMs : undefined),
    writes: ids.length > enough ? decodeTokensPerSecond : writes,
  }
}
