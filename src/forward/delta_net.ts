// The steps of a layer that is a gated delta net (Qwen 3.5, transformers `Qwen3_5GatedDeltaNet`) in the place of attention.
import { deltaStateGrid } from '../kernels/delta_net.ts'
import { deltaWithinGrid } from '../kernels/delta_within.ts'
import { shortConvolutionGrid } from '../kernels/short_convolution.ts'
import { deltaWidths } from '../model/delta_net_shape.ts'
import { padded } from '../model/matrix.ts'
import { addToResidual } from './add_to_residual.ts'
import { feedForwardSteps } from './feed_forward.ts'
import type { DeltaNetLayer, DeltaNetStep } from './layer.ts'
import { projectNormedRows } from './project.ts'

/** In order. T rows: the tokens of the pass. */
export const deltaNetSteps = {
  // mixed (T, [q; k; v; output gate; β; decay]) = RMSNorm(residual) · W_mixedᵀ
  projectMixed: (layer: DeltaNetLayer) => {
    const { weights, scratch } = layer
    projectNormedRows(layer, weights.attentionNorm, weights.deltaNet.mixed, scratch.mixed)
  },

  // convolved (T, [q; k; v]) = silu(Σ w · mixed) over the newest tokens, which go to the state; q and k then get their lengths
  convolveMixed(layer: DeltaNetLayer) {
    convolve(layer)
    setLengths(layer)
  },

  // the state of every value head, e^g S + k (news)ᵀ with news = β (v − e^g Sᵀ k), token after token;
  // readout (T, value heads · value size) = Sᵀ q of each
  associate(layer: DeltaNetLayer) {
    if (layer.matvecs) associateTokens(layer)
    else associateChunks(layer)
  },

  // readout = RMSNorm(readout) · silu(output gate), head by head
  gateReadout,

  // residual (T, hidden) += readout · W_outputᵀ
  addReadout: (layer: DeltaNetLayer) => {
    const { weights, scratch } = layer
    addToResidual(layer, weights.deltaNet.output, scratch.readout, weights.attentionPostNorm)
  },

  ...feedForwardSteps,
} satisfies Record<DeltaNetStep, (layer: DeltaNetLayer) => void>

function convolve(layer: DeltaNetLayer): void {
  const { recorder, kernels, weights, scratch, rows, inputs, tailFrom, shape } = layer
  const { channels, mixed } = deltaWidths(shape)
  recorder.run(
    kernels.siluConvolution,
    {
      rows: rows.count,
      first: rows.firstOrigin,
      tail_from: tailFrom,
      width: channels,
      in_width: padded(mixed),
      out_width: padded(channels),
    },
    {
      mixed: scratch.mixed,
      weights: weights.deltaNet.convolution,
      inputs,
      convolved: scratch.convolved,
    },
    shortConvolutionGrid(channels, rows.count),
  )
}

/** What transformers adds to the square of a length. */
const lengthEpsilon = 1e-6

function setLengths({ recorder, kernels, weights, scratch, rows, shape }: DeltaNetLayer): void {
  recorder.run(
    kernels.setLengths,
    {
      qkv_width: padded(deltaWidths(shape).channels),
      epsilon: lengthEpsilon / shape.keySize, // of a mean square
    },
    { weight: weights.deltaNet.lengths, qkv: scratch.convolved },
    [2 * shape.keyHeads, rows.count],
  )
}

function associateChunks(layer: DeltaNetLayer): void {
  const { recorder, kernels, scratch, rows, associations, shape } = layer
  const params = { ...paramsOf(layer), convolved_quads: padded(deltaWidths(shape).channels) / 4 }
  const buffers = { ...readBy(layer), within: scratch.within }
  recorder.run(kernels.deltaWithin, params, buffers, deltaWithinGrid(shape, rows.count))
  recorder.run(
    kernels.deltaScan,
    params,
    { ...buffers, associations, readout: scratch.readout },
    deltaStateGrid(shape),
  )
}

function associateTokens(layer: DeltaNetLayer): void {
  const { recorder, kernels, scratch, associations, shape } = layer
  recorder.run(
    kernels.deltaStep,
    { ...paramsOf(layer), convolved_width: padded(deltaWidths(shape).channels) },
    { ...readBy(layer), associations, readout: scratch.readout },
    deltaStateGrid(shape),
  )
}

function paramsOf({ rows, tailFrom, shape }: DeltaNetLayer) {
  const { mixed, values } = deltaWidths(shape)
  return {
    rows: rows.count,
    first: rows.firstOrigin,
    tail_from: tailFrom,
    mixed_width: padded(mixed),
    readout_quads: padded(values) / 4,
  }
}

function readBy({ weights, scratch }: DeltaNetLayer) {
  const { mixed, convolved } = scratch
  return { mixed, convolved, decays: weights.deltaNet.decays }
}

function gateReadout(layer: DeltaNetLayer): void {
  const { recorder, kernels, model, weights, scratch, rows, shape } = layer
  const { channels, mixed, values } = deltaWidths(shape)
  recorder.run(
    kernels.gatedRmsNorm,
    {
      size: shape.valueSize,
      readout_width: padded(values),
      mixed_width: padded(mixed),
      first_gate: channels,
      epsilon: model.normEpsilon,
    },
    { mixed: scratch.mixed, weight: weights.deltaNet.norm, readout: scratch.readout },
    [shape.valueHeads, rows.count],
  )
}
