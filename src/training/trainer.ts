// One step of training (Locret §3.3, `data_gen.py` and `train.py`): the frozen model reads a context and the replies to
// it; in every layer the heads' scores of the context are held against the attention the replies gave it, and the heads
// take a step. No gradient passes through the model, so a layer is trained as soon as its forward pass is done.
import type { LayerCache } from '../cache/cache.ts'
import type { Engine } from '../engine/engine.ts'
import { embedTokens, layerOf, runLayer, scoringOf, windowOf } from '../engine/forward.ts'
import { alone, type Layer, type Rows } from '../engine/layer.ts'
import { project } from '../engine/project.ts'
import { readBuffer } from '../gpu/readback.ts'
import { columnStatsGrid } from '../kernels/column_stats.ts'
import { headBackwardGrid } from '../kernels/head_backward.ts'
import { projectGradientGrid } from '../kernels/project_gradient.ts'
import { scoreGrid } from '../kernels/score.ts'
import { padded } from '../model/matrix.ts'
import type { ContextBlock, TrainingBuffers } from './buffers.ts'
import { updateHead } from './head.ts'
import { inputWidth } from './head_shape.ts'
import type { TrainingKernels } from './kernels.ts'
import { topOverlap } from './overlap.ts'
import type { TrainingSample } from './sample.ts'
import { rateFactor, type TrainingSettings } from './settings.ts'

export interface Trainer {
  /** the frozen model, its cache that of one layer */
  readonly engine: Engine
  readonly kernels: TrainingKernels
  readonly buffers: TrainingBuffers
  readonly settings: TrainingSettings
}

/** Loss of one document, regression and smoothing added up over layers. */
export interface StepLoss {
  /** mean over layers and KV heads of the mean SmoothL1 */
  readonly regression: number
  /** weighted: what it adds to the loss */
  readonly smoothing: number
}

/** Rows of a pass that lie in one block. */
interface BlockRows extends Rows {
  readonly ids: Uint32Array
  readonly residual: GPUBuffer
}

interface ContextRows extends BlockRows {
  readonly block: ContextBlock
}

interface ReplyRows extends BlockRows {
  /** first row that asks: those before are the question */
  readonly firstAsking: number
}

/**
 * Trains every layer's head on one document. @param step counted from 0
 * A loss that is not finite leaves weights that are not either: go back to a checkpoint.
 */
export async function trainStep(
  trainer: Trainer,
  sample: TrainingSample,
  step: number,
): Promise<StepLoss> {
  const { engine, kernels, buffers, settings } = trainer
  const { recorder } = engine
  const rate = settings.rate * rateFactor(step, settings)
  await forwardLayers(trainer, sample, async (layer, context) => {
    recordLoss(trainer, layer, sample.context.length)
    for (const rows of context) {
      recordBackward(trainer, layer, rows)
      await engine.pace.layerDone(recorder.submit)
    }
    const head = headOf(buffers, layer)
    updateHead(recorder, kernels.adamw, head, rate, step + 1)
  })
  return readLoss(trainer)
}

/** Scores against labels, nothing learned: for each layer the mean over KV heads of the top-10 % overlap. */
export async function judge(trainer: Trainer, sample: TrainingSample): Promise<Float32Array> {
  const { engine, buffers } = trainer
  const { model } = engine.plan
  const tokens = sample.context.length
  const overlaps = new Float32Array(model.layers)
  await forwardLayers(trainer, sample, async (layer) => {
    engine.recorder.submit()
    const { scores: buffer, capacity } = cacheOf(buffers, layer)
    const scores = await readBuffer(engine.gpu.device, buffer)
    const labels = await readBuffer(engine.gpu.device, buffers.labels)
    for (let head = 0; head < model.kvHeads; head++) {
      const of = (all: ArrayBuffer) => new Float32Array(all, 4 * head * capacity, tokens)
      const overlap = topOverlap(of(scores), of(labels))
      overlaps[layer] = (overlaps[layer] ?? 0) + overlap / model.kvHeads
    }
  })
  return overlaps
}

/** The forward pass, layer by layer over all blocks, with scores and labels of the context ready at `layerDone`. */
async function forwardLayers(
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
  for (let layer = 0; layer < engine.plan.model.layers; layer++) {
    for (const rows of context) {
      runLayer(contextLayer(trainer, layer, rows))
      await pace.layerDone(recorder.submit)
    }
    for (const [i, rows] of replies.entries()) {
      runLayer(replyLayer(trainer, layer, rows, sample.context.length, i === 0))
      await pace.layerDone(recorder.submit)
    }
    await layerDone(layer, context)
  }
  await pace.finish(recorder.submit)
}

function contextRows({ engine, buffers }: Trainer, ids: Uint32Array): ContextRows[] {
  const { block: size } = engine.plan
  return buffers.context.flatMap((block, i) => {
    const first = i * size
    const part = ids.subarray(first, first + size)
    return part.length === 0
      ? []
      : [
          {
            ids: part,
            count: part.length,
            firstSlot: first,
            firstOrigin: first,
            block,
            residual: block.residual,
          },
        ]
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
      const firstAsking = Math.max(0, firstAnswer - first)
      rows.push({
        ids: part,
        count: part.length,
        firstSlot: slot,
        firstOrigin: slot,
        residual,
        firstAsking,
      })
    }
  }
  return rows
}

/** A layer that leaves the head's input, hidden layer and scores behind. */
function contextLayer(trainer: Trainer, index: number, rows: ContextRows): Layer {
  const { engine, kernels, buffers } = trainer
  const { residual, inputs, hidden } = rows.block
  const head = headOf(buffers, index)
  const layer = layerOf(engine, index, alone(rows.count))
  return {
    ...layer,
    rows,
    scratch: { ...layer.scratch, residual, qkv: inputs },
    policy: {
      score({ recorder, cache }) {
        const projecting = {
          recorder,
          kernels: { ...engine.kernels, ...kernels.projections },
          rows,
        }
        project(projecting, 'into', head.matrix, inputs, hidden)
        const width = head.matrix.outs
        recorder.run(
          kernels.score,
          { width, row_width: padded(width), first_slot: rows.firstSlot, capacity: cache.capacity },
          { hidden, fc2: head.fc2.weights, scores: cache.scores },
          scoreGrid(rows.count),
        )
      },
    },
  }
}

/** A layer whose answer rows leave labels behind. */
function replyLayer(
  trainer: Trainer,
  index: number,
  rows: ReplyRows,
  contextTokens: number,
  isFirst: boolean,
): Layer {
  const { engine, kernels, buffers } = trainer
  const { model } = engine.plan
  const layer = layerOf(engine, index, alone(rows.count))
  const asking = rows.count - rows.firstAsking
  return {
    ...layer,
    rows,
    scratch: { ...layer.scratch, residual: rows.residual },
    policy: {
      observe({ recorder, scratch, turns, cache, slotPositions }) {
        recorder.run(
          kernels.columnStats,
          {
            first_row: Math.min(rows.firstAsking, rows.count),
            rows: Math.max(0, asking),
            first_slot: rows.firstSlot,
            first_position: rows.firstSlot,
            capacity: cache.capacity,
            position_stride: 0,
            qkv_width: padded(inputWidth(model)),
            slots: contextTokens,
            first_fresh: isFirst ? 0 : contextTokens,
            window: windowOf(layer),
            ...scoringOf(model),
          },
          {
            qkv: scratch.qkv,
            keys: cache.keys,
            log_sums: scratch.logSums,
            positions: slotPositions,
            turns,
            stats: buffers.labels,
          },
          columnStatsGrid(contextTokens, model.kvHeads, kernels.side),
        )
      },
    },
  }
}

/** The regression is a mean over layers, heads and tokens; the smoothing a mean inside a layer, summed over layers. */
function recordLoss(
  { engine, kernels, buffers, settings }: Trainer,
  layer: number,
  tokens: number,
): void {
  const { model } = engine.plan
  const { scores, capacity } = cacheOf(buffers, layer)
  engine.recorder.run(
    kernels.headLoss,
    {
      tokens,
      capacity,
      regression: 1 / (model.layers * model.kvHeads * tokens),
      smoothing: tokens > 1 ? settings.smoothing / (model.kvHeads * (tokens - 1)) : 0,
      first_loss: layer * model.kvHeads,
    },
    { scores, labels: buffers.labels, slopes: buffers.slopes, losses: buffers.losses },
    [model.kvHeads],
  )
}

function recordBackward(
  { engine, kernels, buffers }: Trainer,
  layer: number,
  rows: ContextRows,
): void {
  const { recorder } = engine
  const { capacity } = cacheOf(buffers, layer)
  const { fc1, fc2, matrix } = headOf(buffers, layer)
  const { inputs, hidden } = rows.block
  const width = matrix.outs
  recorder.run(
    kernels.headBackward,
    {
      rows: rows.count,
      first_token: rows.firstSlot,
      capacity,
      width,
      row_width: padded(width),
    },
    { slopes: buffers.slopes, fc2: fc2.weights, hidden, fc2_gradient: fc2.gradient },
    headBackwardGrid(width),
  )
  recorder.run(
    kernels.projectGradient,
    {
      rows: rows.count,
      outs: width,
      out_quads: padded(width) / 4,
      in_quads: padded(matrix.ins) / 4,
    },
    { slopes: hidden, input: inputs, gradient: fc1.gradient },
    projectGradientGrid(width, matrix.ins),
  )
}

async function readLoss({ engine, buffers }: Trainer): Promise<StepLoss> {
  const parts = new Float32Array(await readBuffer(engine.gpu.device, buffers.losses))
  const { layers, kvHeads } = engine.plan.model
  let regression = 0
  let smoothing = 0
  for (let i = 0; i < layers * kvHeads; i++) {
    regression += parts[2 * i] ?? NaN
    smoothing += parts[2 * i + 1] ?? NaN
  }
  return { regression, smoothing }
}

function cacheOf({ cache }: TrainingBuffers, layer: number): LayerCache {
  const found = cache.layers[layer]
  if (!found) throw new Error(`there is no layer ${layer}`)
  return found
}

function headOf({ heads }: TrainingBuffers, layer: number): TrainingBuffers['heads'][number] {
  const head = heads[layer]
  if (!head) throw new Error(`there is no head for layer ${layer}`)
  return head
}
