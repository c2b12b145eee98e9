// What an answer is given from. Usually that is the document's own cache. With `recall: 'units'` it is the units that the
// question scores highest among all that were read, as RepairKV and InfLLM do with evicted units. With `recall: 'passages'` it
// is passages of the text, read again in place of the document. Either way the document's own cache comes back after the
// answer, so that every question meets the same document (docs/research/recall.md).
import { backTo, beginTail, emptyCache } from '../forward/cache.ts'
import type { Engine } from '../forward/engine.ts'
import type { DocumentCache } from '../recall/document_cache.ts'
import type { UnitRecall } from '../recall/unit_recall.ts'
import { checkAnswer, type Check } from './check_answer.ts'
import { appendTail, mayEvict } from './decode.ts'

export interface Grounds {
  /**
   * Fills the cache for an answer.
   * @param tail the tokens between document and answer
   * @returns the tokens to append to the cache before the answer
   */
  begin(tail: Uint32Array, signal: AbortSignal | undefined): Promise<Uint32Array>
  /**
   * Has the model check an answer against these grounds, once it has ended. It may leave the cache empty.
   * @returns log-odds, in nats, that they state it; undefined where that is not asked
   */
  check?(answer: string, signal: AbortSignal | undefined): Promise<number>
  /** Ids of what the answer is given from, as far as they are at hand: it may repeat them. */
  readonly repeats: () => Promise<ArrayLike<number>>
  /** Gives the cache back to the document, also after `begin` has failed. */
  end(): void
}

/** What the cache holds of the document. */
export const document: Grounds = {
  begin: (tail) => Promise.resolve(tail),
  repeats: () => Promise.resolve([]),
  end: () => undefined,
}

/** The units that the tail scores highest, where the cache does not hold all of them. */
export function units(engine: Engine, recall: UnitRecall): Grounds {
  if (!recall.hasEvicted()) return document
  return {
    async begin(tail, signal) {
      const before = beginTail(engine.cache)
      recall.queries.begin(tail.length)
      await appendTail(engine, tail, false, signal, { observe: recall.queries.take })
      backTo(engine.cache, before)
      await recall.choose(signal)
      return tail
    },
    repeats: document.repeats,
    end: recall.restore,
  }
}

/** An answer that is checked. */
export interface Checking {
  checkOf(answer: string): Check
  /** see checkAnswer */
  readonly staging: GPUBuffer
}

/** A text alone; the next takes its place. @param ids the template's and its own */
export function text(engine: Engine, ids: readonly number[]): Grounds {
  return {
    async begin(tail, signal) {
      emptyCache(engine.cache)
      await appendTail(engine, Uint32Array.from(ids), mayEvict(engine, ids.length), signal)
      return tail
    },
    repeats: () => Promise.resolve(ids),
    end: () => undefined,
  }
}

/**
 * Passages alone, in place of the document.
 * @param ids the template's and theirs
 * @param held the document's cache
 * @param checking undefined where answers are not checked
 */
export function passages(
  engine: Engine,
  ids: readonly number[],
  held: DocumentCache,
  checking: Checking | undefined,
): Grounds {
  return {
    ...text(engine, ids),
    ...(checking && {
      check: (answer, signal) =>
        checkAnswer(engine, checking.checkOf(answer), checking.staging, signal),
    }),
    end: () => held.restore(engine),
  }
}
