// The steps of a layer that is a short convolution (LFM2, transformers `Lfm2ShortConv`) in the place of attention.
import { shortConvolutionGrid } from '../kernels/short_convolution.ts'
import { padded } from '../model/matrix.ts'
import { addToResidual } from './add_to_residual.ts'
import { feedForwardSteps } from './feed_forward.ts'
import type { ConvolutionLayer, ConvolutionStep } from './layer.ts'
import { projectNormedRows } from './project.ts'

/** In order. T rows: the tokens of the pass. */
export const convolutionSteps = {
  // gates (T, [b; c; x]) = RMSNorm(residual) · W_gatesᵀ
  projectGates: (layer: ConvolutionLayer) => {
    const { weights, scratch } = layer
    projectNormedRows(layer, weights.attentionNorm, weights.convolution.gates, scratch.gates)
  },

  // convolved (T, hidden) = c · Σ w · (b · x) over the newest tokens; the newest b · x go to the state
  convolve,

  // residual (T, hidden) += convolved · W_outputᵀ
  addConvolution: (layer: ConvolutionLayer) => {
    const { weights, scratch } = layer
    addToResidual(layer, weights.convolution.output, scratch.convolved, weights.attentionPostNorm)
  },

  ...feedForwardSteps,
} satisfies Record<ConvolutionStep, (layer: ConvolutionLayer) => void>

function convolve(layer: ConvolutionLayer): void {
  const { recorder, kernels, model, weights, scratch, rows, inputs, tailFrom } = layer
  const { hidden } = model
  recorder.run(
    kernels.shortConvolution,
    {
      rows: rows.count,
      first: rows.firstOrigin,
      tail_from: tailFrom,
      width: hidden,
      in_width: padded(3 * hidden),
      out_width: padded(hidden),
    },
    {
      gates: scratch.gates,
      weights: weights.convolution.weights,
      state: inputs,
      convolved: scratch.convolved,
    },
    shortConvolutionGrid(hidden, rows.count),
  )
}
