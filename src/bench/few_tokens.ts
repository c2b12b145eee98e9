// What a decode step of a few tokens costs beside one of a single token. Drafts pay where it costs less than the tokens that
// they give.
import { backTo, beginTail } from '../forward/cache.ts'
import type { Engine } from '../forward/engine.ts'
import { forwardFew, forwardToken } from '../forward/forward.ts'
import { repeat, spreadOf, type Repetitions, type Spread } from './statistics.ts'
import { fewTokens } from '../kernels/few_tokens.ts'

/**
 * Times the two in turns, after one of each that is not counted. Leaves the cache unchanged.
 * @returns of the ratios; null where the device has too little workgroup memory for a few tokens
 */
export async function measureFewTokens(
  engine: Engine,
  repetitions: Repetitions,
): Promise<Spread | null> {
  const { cache, gpu, kernels, recorder } = engine
  const few = await kernels.fewMatvecs?.compiled()
  if (!few) return null
  const msOf = async (record: () => void): Promise<number> => {
    const before = beginTail(cache)
    const began = performance.now()
    record()
    recorder.submit()
    await gpu.device.queue.onSubmittedWorkDone()
    backTo(cache, before)
    return performance.now() - began
  }
  const ratio = async (): Promise<number> => {
    const one = await msOf(() => forwardToken(engine, false))
    return (await msOf(() => forwardFew(engine, fewTokens, few))) / one
  }
  await ratio()
  return spreadOf(await repeat(repetitions, ratio))
}
