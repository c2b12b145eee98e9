// The heads' part of a step: loss, slopes and gradients of a head.
import { readBuffer } from '../gpu/readback.ts'
import { headBackwardGrid } from '../kernels/head_backward.ts'
import { matmulGradientGrid } from '../kernels/matmul_gradient.ts'
import { attentionLayers } from '../model/layer_kinds.ts'
import { padded } from '../model/matrix.ts'
import { headOf } from './head.ts'
import type { ContextRows } from './passes.ts'
import { slotsOf } from './plan.ts'
import { leastLabel } from './settings.ts'
import type { Trainer } from './trainer.ts'

/** A bound that no label reaches. */
const largest = 1e30

/** Loss of one document, regression and smoothing summed over layers. */
export type HeadsLoss = Readonly<
  Record<
    /** mean over the KV heads of all layers of attention of the mean SmoothL1 */
    | 'regression'
    /** weighted: its part of the loss */
    | 'smoothing',
    number
  >
>

/** The regression is a mean over layers, heads and tokens; the smoothing a mean inside a layer, summed over layers. */
export function recordLoss(
  { engine, kernels, buffers, settings }: Trainer,
  layer: number,
  tokens: number,
): void {
  const { model } = engine.plan
  const { scores } = buffers.layerCache
  const layers = attentionLayers(model)
  const least = leastLabel[settings.label]
  engine.recorder.run(
    kernels.headLoss,
    {
      tokens,
      capacity: slotsOf(engine.plan),
      regression: 1 / (layers.length * model.kvHeads * tokens),
      smoothing: tokens > 1 ? settings.smoothing / (model.kvHeads * (tokens - 1)) : 0,
      first_loss: layers.indexOf(layer) * model.kvHeads,
      least: least ?? -largest,
      zero: least ?? 0,
    },
    { scores, labels: buffers.labels, slopes: buffers.slopes, losses: buffers.losses },
    [model.kvHeads],
  )
}

/** From the slopes of a block's scores to the gradients of fc1 and fc2, which are added to. */
export function recordBackward(
  { engine, kernels, buffers }: Trainer,
  layer: number,
  rows: ContextRows,
): void {
  const { recorder } = engine
  const { fc1, fc2, matrix } = headOf(buffers.heads, layer)
  const { inputs, hidden } = rows.block
  const width = matrix.outs
  recorder.run(
    kernels.headBackward,
    {
      rows: rows.count,
      first_token: rows.firstOrigin,
      capacity: slotsOf(engine.plan),
      width,
      row_width: padded(width),
    },
    { slopes: buffers.slopes, fc2: fc2.weights, hidden, fc2_gradient: fc2.gradient },
    headBackwardGrid(width),
  )
  recorder.run(
    kernels.matmulGradient,
    {
      rows: rows.count,
      outs: width,
      out_quads: padded(width) / 4,
      in_quads: padded(matrix.ins) / 4,
    },
    { slopes: hidden, input: inputs, gradient: fc1.gradient },
    matmulGradientGrid(width, matrix.ins),
  )
}

export async function readLoss({ engine, buffers }: Trainer): Promise<HeadsLoss> {
  const parts = new Float32Array(await readBuffer(engine.gpu.device, buffers.losses))
  const { model } = engine.plan
  const losses = attentionLayers(model).length * model.kvHeads
  let regression = 0
  let smoothing = 0
  for (let i = 0; i < losses; i++) {
    regression += parts[2 * i] ?? NaN
    smoothing += parts[2 * i + 1] ?? NaN
  }
  return { regression, smoothing }
}
