// The forward pass of a training. The frozen model runs over a context and its replies, one layer after the other over
// all blocks. So keys, values and inputs exist for one layer at a time. Context blocks give scores, the answers' rows
// give labels.
import { anyLayerOf, embedTokens, layerOf } from '../forward/forward.ts'
import { alone, rowsFrom, type AnyLayer, type Layer, type Rows } from '../forward/layer.ts'
import { measureColumns } from '../forward/measure_columns.ts'
import { appendUnits, attend, projectQkv, runLayer, scoreUnits } from '../forward/run_layer.ts'
import { attentionLayers } from '../model/layer_kinds.ts'
import { scoreRows } from '../policies/locret.ts'
import type { ContextBlock } from './buffers.ts'
import { headOf } from './head.ts'
import type { TrainingSample } from './sample.ts'
import type { Trainer } from './trainer.ts'

/** Rows of a pass in one block. */
interface BlockRows extends Rows {
  readonly ids: Uint32Array
  readonly residual: GPUBuffer
}

export interface ContextRows extends BlockRows {
  readonly block: ContextBlock
}

interface ReplyRows extends BlockRows {
  /** first row of the answer; earlier rows are the question */
  readonly firstAsking: number
}

/**
 * The forward pass, layer by layer over all blocks, up to the last layer of attention. `layerDone` is called for each of
 * these when scores and labels of the context are ready. Everything is recorded when this resolves; the last part is not
 * submitted yet.
 */
export async function forwardLayers(
  trainer: Trainer,
  sample: TrainingSample,
  layerDone: (layer: number, context: readonly ContextRows[]) => Promise<void>,
): Promise<void> {
  const { engine } = trainer
  const { recorder, pace } = engine
  const context = contextRows(trainer, sample.context)
  const replies = replyRows(trainer, sample)
  for (const rows of [...context, ...replies]) {
    engine.gpu.device.queue.writeBuffer(engine.scratch.ids, 0, rows.ids.slice())
    embedTokens({ ...engine, scratch: { ...engine.scratch, residual: rows.residual } }, rows.count)
    recorder.submit() // before the next block's ids overwrite these
  }
  const { model } = engine.plan
  const last = attentionLayers(model).at(-1) ?? 0
  for (let layer = 0; layer <= last; layer++) {
    if (model.kinds[layer] !== 'attention') {
      for (const rows of [...context, ...replies]) {
        runLayer(layerWithState(trainer, layer, rows, sample.context.length))
        await pace.layerDone(recorder.submit)
      }
      continue
    }
    const isLast = layer === last // its contribution to the residual stream is never read
    const [runContext, runReply] = isLast ? [scoreLayer, labelLayer] : [runLayer, runLayer]
    for (const rows of context) {
      runContext(contextLayer(trainer, layer, rows))
      await pace.layerDone(recorder.submit)
    }
    for (const [i, rows] of replies.entries()) {
      runReply(replyLayer(trainer, layer, rows, sample.context.length, i === 0))
      await pace.layerDone(recorder.submit)
    }
    await layerDone(layer, context)
  }
}

/** A layer with a state. Every reply follows the context, whose state the replies before it left as it was. */
function layerWithState(
  { engine }: Trainer,
  index: number,
  rows: BlockRows,
  tailFrom: number,
): AnyLayer {
  const layer = anyLayerOf(engine, index, alone(rows.count))
  if ('attention' in layer) throw new Error(`layer ${index} has no state`)
  return { ...layer, rows, tailFrom, scratch: { ...layer.scratch, residual: rows.residual } }
}

/** A layer up to a context's scores. */
function scoreLayer(layer: Layer): void {
  projectQkv(layer)
  appendUnits(layer)
  scoreUnits(layer)
}

/** A layer up to a reply's labels. */
function labelLayer(layer: Layer): void {
  projectQkv(layer)
  attend(layer)
}

function contextRows({ engine, buffers }: Trainer, ids: Uint32Array): ContextRows[] {
  const { block: size } = engine.plan
  return buffers.context.flatMap((block, i) => {
    const first = i * size
    const part = ids.subarray(first, first + size)
    if (part.length === 0) return []
    const { residual } = block
    const heads = rowsFrom(buffers.layerCache, first)
    const common = { count: part.length, heads, firstOrigin: first }
    return [{ ...common, ids: part, block, residual }]
  })
}

/** Every reply follows the context directly: it overwrites the slots of the reply before it. */
function replyRows(
  { engine, buffers }: Trainer,
  { context, replies }: TrainingSample,
): ReplyRows[] {
  const { block: size } = engine.plan
  const rows: ReplyRows[] = []
  for (const { ids, firstAnswer } of replies) {
    for (let first = 0; first < ids.length; first += size) {
      const residual = buffers.replies[rows.length]
      if (!residual) throw new Error('the replies need more blocks than were allocated')
      const part = ids.subarray(first, first + size)
      const slot = context.length + first
      const heads = rowsFrom(buffers.layerCache, slot)
      const common = { count: part.length, heads, firstOrigin: slot }
      const firstAsking = Math.max(0, firstAnswer - first)
      rows.push({ ...common, ids: part, residual, firstAsking })
    }
  }
  return rows
}

/** A layer that keeps the head's input, hidden layer and scores, scored as in reading. */
function contextLayer(trainer: Trainer, index: number, rows: ContextRows): Layer {
  const { engine, kernels, buffers } = trainer
  const { residual, inputs, hidden } = rows.block
  const { matrix, fc2 } = headOf(buffers.heads, index)
  const retainingHead = { fc1: matrix, bias: buffers.noBias, fc2: fc2.weights }
  const layer = layerOf(engine, index, alone(rows.count))
  return {
    ...layer,
    rows,
    scratch: { ...layer.scratch, residual, qkv: inputs, retaining: hidden },
    policy: {
      score: (read) => {
        const { score, matmulInto, matvecInto } = kernels.scoring
        const projecting = {
          ...read,
          kernels: { ...read.kernels, matmulInto },
          matvecs: read.matvecs && { ...read.matvecs, matvecInto },
        }
        scoreRows(projecting, retainingHead, score)
      },
    },
  }
}

/** A layer whose answer rows give labels. */
function replyLayer(
  { engine, kernels, buffers }: Trainer,
  index: number,
  rows: ReplyRows,
  contextTokens: number,
  isFirst: boolean,
): Layer {
  const layer = layerOf(engine, index, alone(rows.count))
  const columns = {
    firstRow: Math.min(rows.firstAsking, rows.count),
    heads: rows.heads.map((head) => ({
      ...head,
      slots: contextTokens,
      first_fresh: isFirst ? 0 : contextTokens,
    })),
  }
  return {
    ...layer,
    rows,
    scratch: { ...layer.scratch, residual: rows.residual },
    policy: {
      observe: (read) =>
        measureColumns(read, kernels.columnStats, kernels.side, columns, buffers.labels),
    },
  }
}
