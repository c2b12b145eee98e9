// The question chooses again (tier 2 of docs/research/recall.md; RepairKV): what a fixed budget keeps was chosen before anybody
// asked. Every unit that is read is kept outside the GPU as well, and before an answer those that the question looks at most fill
// the same slots. The document's own cache comes back afterwards, so that every question meets the same document.
import { backTo, inUse } from '../forward/cache.ts'
import type { Engine } from '../forward/engine.ts'
import type { UnitRecall } from '../recall/unit_recall.ts'
import { appendTail } from './decode.ts'

/**
 * Runs `answer` over the units that its question chooses.
 * @param tail the question's tokens
 */
export async function* withRecall<T>(
  engine: Engine,
  recall: UnitRecall,
  tail: Uint32Array,
  signal: AbortSignal | undefined,
  answer: () => AsyncGenerator<T, void>,
): AsyncGenerator<T, void> {
  const before = inUse(engine.cache)
  try {
    recall.queries.begin(tail.length)
    await appendTail(engine, tail, false, signal, undefined, recall.queries.take)
    backTo(engine.cache, before)
    await recall.choose(signal)
    yield* answer()
  } finally {
    backTo(engine.cache, before)
    recall.restore()
  }
}
