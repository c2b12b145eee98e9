// The second half of a layer, alike whatever mixes its tokens.
import { gateGrid } from '../kernels/gate.ts'
import { gatedMatvecGrid } from '../kernels/gated_matvec.ts'
import { padded, type MatrixPart } from '../model/matrix.ts'
import { addToResidual } from './add_to_residual.ts'
import type { CommonLayer, FeedForwardStep } from './layer.ts'
import { addLayerInput, scaleResidual } from './layer_inputs.ts'
import { kernelFor, tileFor, type Matvecs } from './matrix_kernels.ts'
import { projectNormedRows } from './project.ts'
import { rmsNormRows } from './rms_norm_rows.ts'

/** In order. T rows: the tokens of the pass. */
export const feedForwardSteps = {
  // gated (T, feed-forward) = act(g) · u, where [g; u] = RMSNorm(residual) · W_gate_upᵀ
  gateRows,

  // residual (T, hidden) += gated · W_downᵀ
  addFeedForward: (layer: CommonLayer) => {
    const { weights, scratch } = layer
    addToResidual(layer, weights.down, scratch.gated, weights.feedForwardPostNorm)
  },

  // where every layer has an input of its own
  addLayerInput,

  // where every layer has a scale
  scaleResidual,
} satisfies Record<FeedForwardStep, (layer: CommonLayer) => void>

/**
 * The residual stream to act(gate) · up. The product is taken in the same dispatch unless the matrix is split, has a bias or
 * has no norm before it.
 */
export function gateRows(layer: CommonLayer): void {
  const { weights, matvecs } = layer
  const [whole, ...others] = weights.gateUp.parts
  const norm = weights.feedForwardNorm
  const hasBias = layer.model.tensors.layers[layer.index]?.gateUpBias !== undefined
  if (!whole || others.length > 0 || !norm || hasBias) gateInParts(layer)
  else if (matvecs) gateToken(layer, norm, whole, matvecs)
  else gateChunk(layer, norm, whole)
}

function gateToken(
  layer: CommonLayer,
  weight: GPUBuffer,
  { matrix, storage }: MatrixPart,
  matvecs: Matvecs,
): void {
  const { recorder, model, weights, scratch, rows } = layer
  const { feedForward: feed_forward } = model
  const { ins } = weights.gateUp
  const { kernel, lanes } = kernelFor(matvecs.gatedMatvec, { storage, ins })
  recorder.run(
    kernel,
    {
      tokens: rows.count,
      feed_forward,
      in_eights: padded(ins) / 8,
      out_width: padded(feed_forward),
      width: ins,
      epsilon: model.normEpsilon,
    },
    {
      residual: scratch.residual,
      matrix,
      weight,
      gated: scratch.gated,
    },
    gatedMatvecGrid(feed_forward, lanes),
  )
}

function gateChunk(layer: CommonLayer, norm: GPUBuffer, { matrix, storage }: MatrixPart): void {
  const { recorder, kernels, model, weights, scratch, rows } = layer
  const { feedForward: feed_forward } = model
  const { ins, outs } = weights.gateUp
  rmsNormRows(layer, norm, 0, rows.count)
  const { kernel, grid } = tileFor(
    kernelFor(kernels.gatedMatmul, { storage, ins }),
    outs,
    rows.count,
  )
  recorder.run(
    kernel,
    { rows: rows.count, feed_forward, in_eights: padded(ins) / 8, out_width: padded(feed_forward) },
    { input: scratch.normed, matrix, gated: scratch.gated },
    grid,
  )
}

function gateInParts(layer: CommonLayer): void {
  const { recorder, kernels, model, weights, scratch, rows } = layer
  const { feedForward: feed_forward } = model
  projectNormedRows(layer, weights.feedForwardNorm, weights.gateUp, scratch.gateUp)
  recorder.run(
    kernels.gate,
    { feed_forward, in_width: padded(2 * feed_forward), out_width: padded(feed_forward) },
    { gate_up: scratch.gateUp, gated: scratch.gated },
    gateGrid(feed_forward, rows.count),
  )
}
