// Teacher forcing: a given text runs through the model behind the document. A token's probability comes from the logits
// of the token before it. Used for perplexity and for the distance between two caches. It reads logits back row by row,
// which answering never does.
import type { Likelihood } from '../api/answer.ts'
import { backTo, beginTail } from '../forward/cache.ts'
import { LongtabError } from '../api/errors.ts'
import { readBuffer } from '../gpu/readback.ts'
import { badNumbersError } from './bad_numbers.ts'
import { appendTail, mayEvict } from './decode.ts'
import type { Engine } from '../forward/engine.ts'
import { projectLogits } from '../forward/forward.ts'

/**
 * Restores the cache to its state before the call. Throws LongtabError `bad-numbers` where a token's logits are no numbers.
 * @param tail the tokens behind the document; the last `scored` of them are the text
 */
export async function likelihoodOf(
  engine: Engine,
  tail: Uint32Array,
  scored: number,
  keepLogits: boolean,
  signal: AbortSignal,
): Promise<Likelihood> {
  if (scored < 2) {
    throw new LongtabError(
      'bad-input',
      `a text of ${scored} tokens has no token after its first to predict; give at least two tokens`,
    )
  }
  const { vocabulary } = engine.plan.model
  const before = beginTail(engine.cache)
  const start = tail.length - scored
  const ids = tail.slice(start)
  const logProbs = new Float32Array(scored - 1)
  const logits = keepLogits ? new Float32Array((scored - 1) * vocabulary) : undefined
  const mayBeScored = mayEvict(engine, tail.length)
  const onBlock = async (first: number, count: number): Promise<void> => {
    for (let row = Math.max(0, start - first); row < count; row++) {
      const at = first + row - start
      if (at === scored - 1) break // nothing follows the last token
      const found = await logitsOf(engine, row)
      logProbs[at] = logProbability(found, ids[at + 1] ?? 0)
      logits?.set(found, at * vocabulary)
    }
  }
  try {
    await appendTail(engine, tail, mayBeScored, signal, { onBlock })
  } finally {
    backTo(engine.cache, before)
  }
  if (logProbs.some(Number.isNaN)) {
    throw await badNumbersError(engine, (afterStep) =>
      appendTail(engine, tail, mayBeScored, signal, { afterStep }),
    )
  }
  return { ids, logProbs, ...(logits ? { logits } : {}) }
}

/** (vocabulary), of one row of the last block */
async function logitsOf(engine: Engine, row: number): Promise<Float32Array> {
  const { gpu, recorder, scratch, plan } = engine
  projectLogits(engine, row)
  recorder.submit()
  return new Float32Array(
    await readBuffer(gpu.device, scratch.logits, 0, 4 * plan.model.vocabulary),
  )
}

function logProbability(logits: Float32Array, id: number): number {
  const highest = logits.reduce((a, b) => Math.max(a, b), -Infinity)
  const sum = logits.reduce((total, logit) => total + Math.exp(logit - highest), 0)
  return (logits[id] ?? -Infinity) - highest - Math.log(sum)
}
