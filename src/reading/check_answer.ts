// Two short passes behind an answer that was given from passages: how likely the model finds that they state it, with the
// passages in the cache and without. Both stand in the answer's slots. Its logits of a few tokens are all that is read back.
import { backTo, beginTail, emptyCache } from '../forward/cache.ts'
import type { Engine } from '../forward/engine.ts'
import { projectLogits } from '../forward/forward.ts'
import { mapRead } from '../gpu/memory.ts'
import { logOdds, type Judgement } from '../recall/answer_check.ts'
import { badNumbersError } from './bad_numbers.ts'
import { appendTail, mayEvict, type Watch } from './decode.ts'

/** A check as token ids. */
export interface Check {
  /** the template's before the document */
  readonly prefix: readonly number[]
  /** behind the document: the check's question and everything up to its answer */
  readonly tail: readonly number[]
  readonly judgement: Judgement
}

/**
 * Leaves nothing in the cache. Throws LongtabError `bad-numbers` where the odds are no number.
 * @param staging for reading back
 * @returns nats that the passages in the cache add to the log-odds of "yes"
 */
export async function checkAnswer(
  engine: Engine,
  { prefix, tail, judgement }: Check,
  staging: GPUBuffer,
  signal: AbortSignal | undefined,
): Promise<number> {
  const odds = async (ids: readonly number[]) => {
    const before = beginTail(engine.cache)
    const scored = mayEvict(engine, ids.length)
    const append = (watch?: Watch) =>
      appendTail(engine, Uint32Array.from(ids), scored, signal, watch)
    const lastRow = await append()
    backTo(engine.cache, before)
    projectLogits(engine, lastRow)
    const logits = await logitsOf(engine, [...judgement.yes, ...judgement.no], staging)
    const found = logOdds(logits, judgement)
    if (!Number.isNaN(found)) return found
    throw await badNumbersError(engine, (afterStep) => append({ afterStep }))
  }
  const withPassages = await odds(tail)
  emptyCache(engine.cache)
  return withPassages - (await odds([...prefix, ...tail]))
}

/** (id) */
async function logitsOf(
  { recorder, scratch }: Engine,
  ids: readonly number[],
  staging: GPUBuffer,
): Promise<Float32Array> {
  ids.forEach((id, i) => recorder.copy(scratch.logits, 4 * id, staging, 4 * i, 4))
  recorder.submit()
  await staging.mapAsync(mapRead, 0, 4 * ids.length)
  const logits = new Float32Array(staging.getMappedRange(0, 4 * ids.length).slice(0))
  staging.unmap()
  return logits
}
