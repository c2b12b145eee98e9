// Selects the chunks to compare: the first that start with a full budget, and the last.
import type { ChunkWindow } from './record.ts'
import { spreadOf } from './statistics.ts'

export interface ChunkWindows {
  readonly whenFull: ChunkWindow | null
  readonly later: ChunkWindow | null
  /** median later ÷ median when full */
  readonly ratio: number | null
}

/**
 * @param reads of the same document: milliseconds of every whole chunk
 * @param firstFull the first chunk that starts with as many slots in use as an eviction leaves
 * @param size chunks per window; the two do not overlap
 */
export function chunkWindows(
  reads: readonly (readonly number[])[],
  firstFull: number,
  size: number,
): ChunkWindows {
  const chunks = Math.min(...reads.map((ms) => ms.length))
  const window = (firstChunk: number): ChunkWindow => ({
    firstChunk,
    ms: spreadOf(reads.flatMap((ms) => ms.slice(firstChunk, firstChunk + size))),
  })
  const whenFull = firstFull + size <= chunks ? window(firstFull) : null
  const later = whenFull && firstFull + 2 * size <= chunks ? window(chunks - size) : null
  return { whenFull, later, ratio: whenFull && later && later.ms.median / whenFull.ms.median }
}
