// The weights of the inputs that layers have for every token (Gemma 4): those that make them, and each layer's own. The table
// of the tokens' rows stays in the file (token_rows.ts).
import type { CommonTensorNames, ModelDescription, TensorNames } from '../api/description.ts'
import type { WeightStorage } from '../api/settings.ts'
import type { Gpu } from '../gpu/device.ts'
import { bufferBytes } from '../gpu/memory.ts'
import {
  allocateMatrix,
  matrixSink,
  padded,
  sectionsBytes,
  vectorSink,
  type GpuMatrix,
  type RowSink,
  type Section,
} from './matrix.ts'
import { storageOf, type LayerSections } from './matrix_sections.ts'

/** What makes the inputs of all layers. */
export interface LayerInputsWeights {
  /** (layers · layerInputWidth, hidden) */
  readonly projection: GpuMatrix
  /** (layerInputWidth), f32 */
  readonly norm: GPUBuffer
}

/** What one layer does with its input. */
export interface LayerInputWeights {
  /** (layerInputWidth, hidden) */
  readonly gate: GpuMatrix
  /** (hidden, layerInputWidth) */
  readonly output: GpuMatrix
  /** (hidden), f32 */
  readonly norm: GPUBuffer
}

type Model = Pick<ModelDescription, 'layers' | 'hidden' | 'layerInputWidth' | 'codes'> & {
  readonly tensors: Pick<TensorNames, 'layerInputs'>
}

/** Values of the inputs that all layers have for a token; 0 in models without. */
export function layerInputValues({
  layers,
  layerInputWidth = 0,
}: Pick<ModelDescription, 'layers' | 'layerInputWidth'>): number {
  return layers * layerInputWidth
}

/** (layers · layerInputWidth, hidden); none in models without. */
export function projectionSections(model: Model, weights: WeightStorage): readonly Section[] {
  const names = model.tensors.layerInputs
  if (names === undefined) return []
  return [{ outs: layerInputValues(model), storage: storageOf(model, weights, names.projection) }]
}

export function layerInputsBytes(model: Model, weights: WeightStorage): number {
  const { hidden, layerInputWidth } = model
  if (layerInputWidth === undefined) return 0
  const sections = projectionSections(model, weights)
  return sectionsBytes(sections, hidden) + bufferBytes(4 * layerInputWidth)
}

export function layerInputBytes(
  { hidden, layerInputWidth = 0 }: Model,
  { inputGate, inputOutput }: LayerSections,
): number {
  if (inputGate.length === 0) return 0
  return (
    sectionsBytes(inputGate, hidden) +
    sectionsBytes(inputOutput, layerInputWidth) +
    bufferBytes(4 * padded(hidden))
  )
}

export function allocateLayerInputs(
  gpu: Gpu,
  model: Model,
  weights: WeightStorage,
  noBias: GPUBuffer,
): LayerInputsWeights | undefined {
  const { hidden, layerInputWidth } = model
  if (layerInputWidth === undefined) return undefined
  const sections = projectionSections(model, weights)
  return {
    projection: allocateMatrix(gpu, 'layer inputs', sections, hidden, noBias),
    norm: gpu.memory.allocate('weights', 'norm of layer inputs', 4 * layerInputWidth),
  }
}

export function allocateLayerInput(
  gpu: Gpu,
  { hidden, layerInputWidth = 0 }: Model,
  { inputGate, inputOutput }: LayerSections,
  noBias: GPUBuffer,
): LayerInputWeights | undefined {
  if (inputGate.length === 0) return undefined
  return {
    gate: allocateMatrix(gpu, 'gate of the input', inputGate, hidden, noBias),
    output: allocateMatrix(gpu, 'output of the input', inputOutput, layerInputWidth, noBias),
    norm: gpu.memory.allocate('weights', 'norm of the input', 4 * padded(hidden)),
  }
}

/** Where the tensors go, by name. */
export function layerInputsSinks(
  gpu: Gpu,
  model: Model,
  storage: WeightStorage,
  weights: LayerInputsWeights | undefined,
): [string, RowSink][] {
  const names = model.tensors.layerInputs
  if (!weights || !names) return []
  const { projection, norm } = names
  return [
    rowsInto(gpu, model, storage, projection, weights.projection),
    [norm, vectorSink(gpu, norm, weights.norm, { width: model.layerInputWidth ?? 0 })],
  ]
}

/** The same of one layer. */
export function layerInputSinks(
  gpu: Gpu,
  model: Model,
  storage: WeightStorage,
  weights: LayerInputWeights | undefined,
  names: CommonTensorNames['layerInput'],
): [string, RowSink][] {
  if (!weights || !names) return []
  return [
    rowsInto(gpu, model, storage, names.gate, weights.gate),
    rowsInto(gpu, model, storage, names.output, weights.output),
    [names.norm, vectorSink(gpu, names.norm, weights.norm, { width: model.hidden })],
  ]
}

function rowsInto(
  gpu: Gpu,
  model: Model,
  storage: WeightStorage,
  name: string,
  matrix: GpuMatrix,
): [string, RowSink] {
  return [name, matrixSink(gpu, name, matrix, storageOf(model, storage, name), (row) => row)]
}
