// The weights of a layer that is a gated delta net: two matrices, a convolution, and a few numbers for every head.
import type { DeltaNetTensorNames, ModelDescription } from '../api/description.ts'
import type { WeightStorage } from '../api/settings.ts'
import type { Gpu } from '../gpu/device.ts'
import { bufferBytes } from '../gpu/memory.ts'
import { deltaNetOf, deltaWidths, mixedHeights } from './delta_net_shape.ts'
import {
  allocateMatrix,
  matrixSink,
  sectionsBytes,
  vectorSink,
  type GpuMatrix,
  type Placing,
  type RowSink,
} from './matrix.ts'
import { storageOf, type LayerSections } from './matrix_sections.ts'
import { stacked } from './stacked.ts'

export interface DeltaNetWeights {
  /** (q · k · v · output gate · β · decay, hidden) */
  readonly mixed: GpuMatrix
  /** (q · k · v, taps), f32, the oldest token first */
  readonly convolution: GPUBuffer
  /** (key size of queries + key size of keys), f32: with them an RMS norm gives keys the length 1, queries 1 / √(key size) */
  readonly lengths: GPUBuffer
  /** ([rates; offsets], value head), f32 */
  readonly decays: GPUBuffer
  /** (value size), f32 */
  readonly norm: GPUBuffer
  /** (hidden, value heads · value size) */
  readonly output: GpuMatrix
}

/** Values of each buffer besides the matrices. */
function vectorValues(model: Pick<ModelDescription, 'deltaNet' | 'convolutionTaps'>) {
  const shape = deltaNetOf(model)
  return {
    convolution: deltaWidths(shape).channels * model.convolutionTaps,
    lengths: 2 * shape.keySize,
    decays: 2 * shape.valueHeads,
    norm: shape.valueSize,
  }
}

export function deltaNetBytes(
  model: ModelDescription,
  { mixed, deltaOutput }: LayerSections,
): number {
  const vectors = Object.values(vectorValues(model)).map((values) => bufferBytes(4 * values))
  return vectors.reduce(
    (sum, bytes) => sum + bytes,
    sectionsBytes(mixed, model.hidden) +
      sectionsBytes(deltaOutput, deltaWidths(deltaNetOf(model)).values),
  )
}

export function allocateDeltaNet(
  gpu: Gpu,
  model: ModelDescription,
  { mixed, deltaOutput }: LayerSections,
  noBias: GPUBuffer,
): DeltaNetWeights {
  const shape = deltaNetOf(model)
  const values = vectorValues(model)
  const vector = (name: keyof typeof values) =>
    gpu.memory.allocate('weights', `delta net ${name}`, 4 * values[name])
  const weights = {
    mixed: allocateMatrix(gpu, 'delta net inputs', mixed, model.hidden, noBias),
    convolution: vector('convolution'),
    lengths: vector('lengths'),
    decays: vector('decays'),
    norm: vector('norm'),
    output: allocateMatrix(gpu, 'delta net output', deltaOutput, deltaWidths(shape).values, noBias),
  }
  gpu.device.queue.writeBuffer(weights.lengths, 0, lengthsOf(shape.keySize))
  return weights
}

function lengthsOf(keySize: number): Float32Array<ArrayBuffer> {
  return Float32Array.from({ length: 2 * keySize }, (_, dim) =>
    dim < keySize ? 1 / keySize : 1 / Math.sqrt(keySize),
  )
}

/** Where the tensors go, by name. */
export function deltaNetSinks(
  gpu: Gpu,
  model: ModelDescription,
  storage: WeightStorage,
  weights: DeltaNetWeights,
  { deltaNet: names }: DeltaNetTensorNames,
): [string, RowSink][] {
  const shape = deltaNetOf(model)
  const rows = (name: string, matrix: GpuMatrix, firstRow: number): [string, RowSink] => [
    name,
    matrixSink(gpu, name, matrix, storageOf(model, storage, name), (row) => firstRow + row),
  ]
  const vector = (name: string, buffer: GPUBuffer, placing: Placing): [string, RowSink] => [
    name,
    vectorSink(gpu, name, buffer, placing),
  ]
  const { valueHeads: width } = shape
  return [
    ...stacked(names.mixed, mixedHeights(shape)).map(({ tensor, firstRow }) =>
      rows(tensor, weights.mixed, firstRow),
    ),
    vector(names.convolution, weights.convolution, { width: model.convolutionTaps }),
    vector(names.rates, weights.decays, { width }),
    vector(names.offsets, weights.decays, { width, first: width }),
    vector(names.norm, weights.norm, { width: shape.valueSize }),
    rows(names.output, weights.output, 0),
  ]
}
