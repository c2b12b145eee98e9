// The inputs that layers have for every token (Gemma 4, transformers `project_per_layer_inputs`). They are made once, from the
// embedding and from the tokens' rows of a table, which stays in the file (token_rows.ts). Every layer then adds its own to
// the residual stream.
import { gateInputGrid } from '../kernels/gate_input.ts'
import { scaleRowsGrid } from '../kernels/scale_rows.ts'
import { layerInputValues } from '../model/layer_input_weights.ts'
import { padded } from '../model/matrix.ts'
import { addToResidual } from './add_to_residual.ts'
import type { Engine } from './engine.ts'
import type { CommonLayer } from './layer.ts'
import type { Matvecs } from './matrix_kernels.ts'
import { project } from './project.ts'

/**
 * inputs (T, layers · width) = (RMSNorm(embedding · W_projectionᵀ / √hidden) + √width · row) / √2, for each layer by itself.
 * The embedding is in the residual stream. Does nothing in models without.
 */
export function makeLayerInputs(
  { recorder, kernels, plan, weights, scratch }: Engine,
  count: number,
  matvecs: Matvecs | undefined,
): void {
  const { model } = plan
  const { layerInputWidth: width } = model
  if (!weights.layerInputs || width === undefined) return
  const { projection, norm } = weights.layerInputs
  const rows = { recorder, kernels, matvecs, rows: { count } }
  project(rows, 'into', projection, scratch.residual, scratch.layerInputs)
  recorder.run(
    kernels.layerInputs,
    {
      width,
      row_width: padded(layerInputValues(model)),
      epsilon: model.normEpsilon,
      scale: 1 / Math.sqrt(model.hidden),
      row_scale: Math.sqrt(width),
      sum_scale: Math.SQRT1_2,
    },
    { weight: norm, token_rows: scratch.tokenRows, inputs: scratch.layerInputs },
    [model.layers, count],
  )
}

/** residual (T, hidden) += RMSNorm((act(residual · W_gateᵀ) · input) · W_outputᵀ), where the layer has an input. */
export function addLayerInput(layer: CommonLayer): void {
  const { recorder, kernels, model, weights, scratch, rows, index } = layer
  const { layerInputWidth: width } = model
  if (!weights.layerInput || width === undefined) return
  const { gate, output, norm } = weights.layerInput
  project(layer, 'into', gate, scratch.residual, scratch.inputGate)
  recorder.run(
    kernels.gateInput,
    {
      width,
      gate_width: padded(width),
      first: index * width,
      input_width: padded(layerInputValues(model)),
    },
    { inputs: scratch.layerInputs, gate: scratch.inputGate },
    gateInputGrid(width, rows.count),
  )
  addToResidual(layer, output, scratch.inputGate, norm)
}

/** residual (T, hidden) *= the layer's own number, where it has one. */
export function scaleResidual({ recorder, kernels, model, weights, scratch, rows }: CommonLayer) {
  if (!weights.scale) return
  const row_quads = padded(model.hidden) / 4
  recorder.run(
    kernels.scaleRows,
    { row_quads },
    { scale: weights.scale, rows: scratch.residual },
    scaleRowsGrid(row_quads, rows.count),
  )
}
