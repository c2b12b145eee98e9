// NACL (arXiv 2408.03675; `llama_nacl_patch.py` of PaddlePaddle/Research). Proxy tokens, the newest hundredth, score all
// slots by the sum of their shares of attention. Most of the budget goes to the highest scores. The rest is drawn without
// replacement from the others, with the probabilities of a softmax over their scores.
//
// The source evicts once, when the whole prompt with its question is read. Here every chunk's eviction does it for the
// slots in use, and the question is not known yet. A token's luck is fixed by its index, where the source draws anew.
import type { CompiledOf } from '../gpu/kernel.ts'
import { drawScores, drawScoresGrid } from '../kernels/draw_scores.ts'
import { compileAttentionSums, scoreByLastQueries } from './attention_sums.ts'
import type { EvictingLayer, Eviction, OpenPolicy } from '../forward/policy.ts'

/** Slots in use for each of a chunk's last queries that score them: the official `proxy_tokens_ratio` of 0.01. */
const slotsPerProxy = 100

export const nacl: OpenPolicy = async (given) => {
  const { compiler, settings, shape } = given
  const { budget, burst, chunk, policy } = settings
  const { seed = 0, drawnShare = 0 } = policy
  const proxies = Math.max(1, Math.floor((budget + burst + chunk) / slotsPerProxy))
  const [sums, draw] = await Promise.all([
    compileAttentionSums(given),
    compiler.compile(drawScores, shape),
  ])
  return {
    evicts: true,
    observe: (layer) => scoreByLastQueries(layer, sums, proxies),
    evict(layer, evictions) {
      findCertain(layer, evictions, drawnShare)
      drawOthers(layer, evictions, draw, seed)
      return evictions
    },
  }
}

/** Finds the lowest score that stays without being drawn. */
function findCertain(
  { recorder, kernels, scratch, cache }: EvictingLayer,
  evictions: readonly Eviction[],
  drawnShare: number,
): void {
  const heads = evictions.map((eviction) => {
    const { survivors, first, last } = eviction
    return {
      ...eviction,
      survivors: survivors - Math.floor((survivors - first - last) * drawnShare),
    }
  })
  const { thresholds, badNumbers } = scratch
  recorder.run(kernels.select, { heads }, { scores: cache.scores, thresholds, noted: badNumbers }, [
    heads.length,
  ])
}

function drawOthers(
  { recorder, scratch, cache, index }: EvictingLayer,
  evictions: readonly Eviction[],
  draw: CompiledOf<typeof drawScores>,
  seed: number,
): void {
  const heads = evictions.map(({ head, offset, pinned, occupied }) => {
    return { offset, pinned, occupied, kv_head: cache.heads.indexOf(head) }
  })
  const most = Math.max(...heads.map(({ pinned, occupied }) => occupied - pinned))
  recorder.run(
    draw,
    { seed, layer: index, heads },
    { thresholds: scratch.thresholds, origins: cache.origins, scores: cache.scores },
    drawScoresGrid(most, heads.length),
  )
}
