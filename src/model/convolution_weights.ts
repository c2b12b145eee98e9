// The weights of a layer that is a short convolution: two matrices, and a few numbers for every channel.
import type { ConvolutionTensorNames, ModelDescription } from '../api/description.ts'
import type { WeightStorage } from '../api/settings.ts'
import type { Gpu } from '../gpu/device.ts'
import { bufferBytes } from '../gpu/memory.ts'
import {
  allocateMatrix,
  matrixSink,
  sectionsBytes,
  vectorSink,
  type GpuMatrix,
  type RowSink,
} from './matrix.ts'
import { storageOf, type LayerSections } from './matrix_sections.ts'

export interface ConvolutionWeights {
  /** (3 · hidden, hidden): the gate of the input, the gate of the output, the input */
  readonly gates: GpuMatrix
  /** (hidden, taps), f32, the oldest token first */
  readonly weights: GPUBuffer
  /** (hidden, hidden) */
  readonly output: GpuMatrix
}

type Shape = Pick<ModelDescription, 'hidden' | 'convolutionTaps'>

export function convolutionBytes(
  { hidden, convolutionTaps }: Shape,
  { gates, convolutionOutput }: LayerSections,
): number {
  return (
    sectionsBytes(gates, hidden) +
    sectionsBytes(convolutionOutput, hidden) +
    bufferBytes(4 * hidden * convolutionTaps)
  )
}

export function allocateConvolution(
  gpu: Gpu,
  { hidden, convolutionTaps }: Shape,
  { gates, convolutionOutput }: LayerSections,
  noBias: GPUBuffer,
): ConvolutionWeights {
  const bytes = 4 * hidden * convolutionTaps
  return {
    gates: allocateMatrix(gpu, 'gates', gates, hidden, noBias),
    weights: gpu.memory.allocate('weights', 'convolution', bytes),
    output: allocateMatrix(gpu, 'convolution output', convolutionOutput, hidden, noBias),
  }
}

/** Where the tensors go, by name. */
export function convolutionSinks(
  gpu: Gpu,
  model: ModelDescription,
  storage: WeightStorage,
  { gates, weights, output }: ConvolutionWeights,
  { convolution: names }: ConvolutionTensorNames,
): [string, RowSink][] {
  const rows = (name: string, matrix: GpuMatrix): [string, RowSink] => [
    name,
    matrixSink(gpu, name, matrix, storageOf(model, storage, name), (row) => row),
  ]
  const width = model.convolutionTaps
  return [
    rows(names.gates, gates),
    [names.weights, vectorSink(gpu, names.weights, weights, { width })],
    rows(names.output, output),
  ]
}
