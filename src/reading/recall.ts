// The question chooses again, as RepairKV and InfLLM do with evicted units (docs/research/recall.md). A fixed budget is filled
// before anybody asks. So every unit that is read is stored outside the GPU as well. Before an answer, the units that the
// question scores highest fill the same slots. The document's own cache comes back after the answer, so that every question
// meets the same document.
import { backTo, inUse } from '../forward/cache.ts'
import type { Engine } from '../forward/engine.ts'
import type { UnitRecall } from '../recall/unit_recall.ts'
import { appendTail, decode, type DecodeOptions } from './decode.ts'

/**
 * Yields answer ids as `decode` does, over the units that the tail chooses.
 * @param recall undefined answers over the document's own cache
 */
export async function* decodeRecalled(
  engine: Engine,
  recall: UnitRecall | undefined,
  tail: Uint32Array,
  options: DecodeOptions,
): AsyncGenerator<number, void> {
  if (!recall?.hasEvicted()) {
    yield* decode(engine, tail, options)
    return
  }
  const before = inUse(engine.cache)
  try {
    recall.queries.begin(tail.length)
    await appendTail(engine, tail, false, options.signal, undefined, recall.queries.take)
    backTo(engine.cache, before)
    await recall.choose(options.signal)
    yield* decode(engine, tail, options)
  } finally {
    recall.restore()
  }
}
