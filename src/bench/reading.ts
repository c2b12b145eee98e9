// How fast an engine reads: whole documents of several lengths, chunk by chunk, and one chunk step by step.
import { clearCache } from '../engine/engine.ts'
import { prefill } from '../engine/prefill.ts'
import { pcg } from '../../reference/random.ts'
import { countCalls } from './calls.ts'
import type { RandomEngine } from './random_model.ts'
import type { Ceilings, ChunkWindow, Effort, ReadingRecord } from './record.ts'
import { attained, stepRecords } from './attained.ts'
import { chunkWork, evictionSteps, totalWork } from './roofline.ts'
import { repeat, spreadOf } from './statistics.ts'

/** How much is measured. */
const efforts = {
  full: { later: 32, window: 8, profiled: 3, most: 5, limitMs: 10_000 },
  quick: { later: 8, window: 3, profiled: 1, most: 3, limitMs: 2000 },
} as const satisfies Record<Effort, object>

/** Document lengths in chunks: one, a few, and so many that `window` chunks come after chunk 32 (8 when quick). */
export function usualLengths(effort: Effort, chunk: number): readonly number[] {
  const { later, window } = efforts[effort]
  return [1, 4, later + window].map((chunks) => chunks * chunk)
}
