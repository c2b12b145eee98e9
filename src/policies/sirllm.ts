// SirLLM (arXiv 2405.12528) keeps tokens with high surprisal, the same in all layers and KV heads. It needs the output
// matrix for every token of the document. Rows are processed in tiles, so that at most one tile of logits exists.
import type { Engine } from '../forward/engine.ts'
import { projectLogits } from '../forward/forward.ts'
import { nextRows, type Pass } from '../forward/layer.ts'
import { tileRows } from '../plan/scratch_bytes.ts'
import type { CompiledOf } from '../gpu/kernel.ts'
import { surprisal } from '../kernels/surprisal.ts'
import { broadcastScores, broadcastScoresGrid } from '../kernels/broadcast_scores.ts'
import { padded } from '../model/matrix.ts'
import { dropLowest } from './drop.ts'
import type { OpenPolicy } from '../forward/policy.ts'

export const sirllm: OpenPolicy = async ({ compiler, shape }) => {
  const [measuring, sharing] = await Promise.all([
    compiler.compile(surprisal, {}),
    compiler.compile(broadcastScores, shape),
  ])
  return {
    evicts: true,
    *afterLayers(engine, pass) {
      const { logits, tileLogits } = engine.scratch
      if (!pass.opens) measure(engine, measuring, logits, 0, 1)
      // the last row predicts the first token of the next pass
      for (let first = 0; first < pass.count - 1; first += tileRows) {
        const rows = Math.min(tileRows, pass.count - 1 - first)
        projectLogits(engine, first, rows, tileLogits)
        measure(engine, measuring, tileLogits, first + 1, rows)
        yield
      }
      share(engine, sharing, pass)
    },
    evict: dropLowest,
  }
}

/** Surprisals of `rows` tokens of the block, `first` onwards, from the first rows of `logits`. */
function measure(
  { recorder, scratch, plan }: Engine,
  surprisals: CompiledOf<typeof surprisal>,
  logits: GPUBuffer,
  first: number,
  rows: number,
): void {
  const { vocabulary } = plan.model
  recorder.run(
    surprisals,
    { vocabulary, row_width: padded(vocabulary), first },
    { logits, ids: scratch.ids, surprisals: scratch.surprisals },
    [rows],
  )
}

/** Writes the block's surprisals into every layer's scores. */
function share(
  { recorder, scratch, cache, plan }: Engine,
  sharing: CompiledOf<typeof broadcastScores>,
  { count, opens }: Pass,
): void {
  for (const layer of cache.layers) {
    if (layer.heads.length === 0) continue // a convolution, which keeps no units
    recorder.run(
      sharing,
      { rows: count, unpredicted: opens ? 1 : 0, heads: nextRows(layer) },
      { values: scratch.surprisals, scores: layer.scores },
      broadcastScoresGrid(count, plan.model.kvHeads),
    )
  }
}
