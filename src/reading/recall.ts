// What an answer is given from. Usually that is the document's own cache. With `recall: 'units'` it is the units that the
// question scores highest among all that were read, as RepairKV and InfLLM do with evicted units. With `recall: 'passages'` it
// is passages of the text, read again in place of the document. Either way the document's own cache comes back after the
// answer, so that every question meets the same document (docs/research/recall.md).
import { backTo, emptyCache, inUse } from '../forward/cache.ts'
import type { Engine } from '../forward/engine.ts'
import type { DocumentCache } from '../recall/document_cache.ts'
import type { UnitRecall } from '../recall/unit_recall.ts'
import { appendTail } from './decode.ts'

export interface Grounds {
  /**
   * Fills the cache for an answer.
   * @param tail the tokens between document and answer
   * @returns the tokens to append to the cache before the answer
   */
  begin(tail: Uint32Array, signal: AbortSignal | undefined): Promise<Uint32Array>
  /** Gives the cache back to the document, also after `begin` has failed. */
  end(): void
}

/** What the cache holds of the document. */
export const document: Grounds = {
  begin: (tail) => Promise.resolve(tail),
  end: () => undefined,
}

/** The units that the tail scores highest, where the cache does not hold all of them. */
export function units(engine: Engine, recall: UnitRecall): Grounds {
  if (!recall.hasEvicted()) return document
  return {
    async begin(tail, signal) {
      const before = inUse(engine.cache)
      recall.queries.begin(tail.length)
      await appendTail(engine, tail, false, signal, undefined, recall.queries.take)
      backTo(engine.cache, before)
      await recall.choose(signal)
      return tail
    },
    end: recall.restore,
  }
}

/**
 * Passages alone.
 * @param ids the template's and theirs
 * @param held the document's cache
 */
export function passages(engine: Engine, ids: readonly number[], held: DocumentCache): Grounds {
  return {
    begin(tail) {
      emptyCache(engine.cache)
      return Promise.resolve(Uint32Array.from([...ids, ...tail]))
    },
    end: () => held.restore(engine),
  }
}
