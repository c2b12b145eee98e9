// A model's weights on the GPU. The weights of q, k and v are one matrix, so that one kernel call computes [q; k; v], which
// is also what a retaining head reads. Gate and up are one matrix as well.
import type { Gpu } from '../gpu/device.ts'
import type { WeightStorage } from '../api/settings.ts'
import type { AttentionTensorNames, ModelDescription } from '../api/description.ts'
import { bufferBytes } from '../gpu/memory.ts'
import {
  allocateConvolution,
  convolutionBytes,
  type ConvolutionWeights,
} from './convolution_weights.ts'
import { allocateDeltaNet, deltaNetBytes, type DeltaNetWeights } from './delta_net_weights.ts'
import {
  allocateMatrix,
  matrixBytes,
  padded,
  sectionsBytes,
  type GpuMatrix,
  type Section,
} from './matrix.ts'
import { headNormsOf, headNormValues } from './head_norms.ts'
import {
  allocateLayerInput,
  allocateLayerInputs,
  layerInputBytes,
  layerInputsBytes,
  type LayerInputsWeights,
  type LayerInputWeights,
} from './layer_input_weights.ts'
import { inLayer } from './layer_shape.ts'
import { headStorage, layerSections, vocabularySections } from './matrix_sections.ts'
import { qkvValues } from './stacked.ts'

/** One retaining head: fc2 · silu(fc1 · [q; k; v] + bias). */
export interface GpuRetainingHead {
  /** (d_R, (heads + 2·kvHeads) · headSize) */
  readonly fc1: GpuMatrix
  /** (d_R), f32; zeros where the file has none */
  readonly bias: GPUBuffer
  /** (kvHeads, d_R), f32 */
  readonly fc2: GPUBuffer
}

/** What layers of every kind have. */
export interface CommonWeights {
  /** (hidden), f32 */
  readonly attentionNorm: GPUBuffer | undefined
  /** (hidden), f32 */
  readonly attentionPostNorm: GPUBuffer | undefined
  /** (hidden), f32 */
  readonly feedForwardNorm: GPUBuffer | undefined
  /** (2 · feedForward, hidden) */
  readonly gateUp: GpuMatrix
  /** (hidden, feedForward) */
  readonly down: GpuMatrix
  /** (hidden), f32 */
  readonly feedForwardPostNorm: GPUBuffer | undefined
  readonly layerInput: LayerInputWeights | undefined
  /** (1), f32: by which the residual stream is multiplied */
  readonly scale: GPUBuffer | undefined
}

export interface AttentionWeights extends CommonWeights {
  /** ((heads + 2·kvHeads) · headSize, hidden), q and k in rotary pairs; in shared attention q alone */
  readonly qkv: GpuMatrix
  /** f32: of queries, of keys, each (headSize), or (heads · headSize) and (kvHeads · headSize); in rotary pairs */
  readonly headNorms: GPUBuffer | undefined
  /** the same where they act on turned heads */
  readonly turnedNorms: GPUBuffer | undefined
  /** (heads · headSize, hidden) */
  readonly attentionGate: GpuMatrix | undefined
  /** (hidden, heads · headSize) */
  readonly attentionOutput: GpuMatrix
  readonly retainingHead: GpuRetainingHead | undefined
}

export interface ConvolutionLayerWeights extends CommonWeights {
  readonly convolution: ConvolutionWeights
}

export interface DeltaNetLayerWeights extends CommonWeights {
  readonly deltaNet: DeltaNetWeights
}

export type LayerWeights = AttentionWeights | ConvolutionLayerWeights | DeltaNetLayerWeights

export interface ModelWeights {
  /** (vocabulary, hidden) */
  readonly embedding: GpuMatrix
  readonly layerInputs: LayerInputsWeights | undefined
  readonly layers: readonly LayerWeights[]
  /** (hidden), f32 */
  readonly finalNorm: GPUBuffer
  /** (vocabulary, hidden); the embedding itself when tied */
  readonly output: GpuMatrix
}

/** @param retainingWidth d_R of the retaining heads to make room for; 0 for none */
export function weightBytes(
  model: ModelDescription,
  storage: WeightStorage,
  retainingWidth: number,
): number {
  const { hidden } = model
  const norm = 4 * padded(hidden)
  const layers = model.tensors.layers.map((names, index) => {
    const { heads, kvHeads, headSize, feedForward } = inLayer(model, index)
    const matrices = layerSections(model, storage, index)
    const norms = [
      ...[names.attentionNorm, names.feedForwardNorm],
      ...[names.attentionPostNorm, names.feedForwardPostNorm],
    ]
    const common =
      sectionsBytes(matrices.gateUp, hidden) +
      sectionsBytes(matrices.down, feedForward) +
      norms.filter((name) => name !== undefined).length * norm +
      (names.gateUpBias ? 4 * padded(2 * feedForward) : 0) +
      (names.downBias === undefined ? 0 : norm) + // as long as a norm
      layerInputBytes(model, matrices) +
      (names.scale === undefined ? 0 : bufferBytes(4))
    if ('convolution' in names) return common + convolutionBytes(model, matrices)
    if ('deltaNet' in names) return common + deltaNetBytes(model, matrices)
    const qkv = qkvValues(model, index)
    const head =
      retainingWidth === 0
        ? 0
        : matrixBytes(retainingWidth, qkv, headStorage(storage)) +
          bufferBytes(4 * retainingWidth) +
          bufferBytes(4 * kvHeads * retainingWidth)
    return (
      common +
      head +
      sectionsBytes(matrices.qkv, hidden) +
      sectionsBytes(matrices.attentionGate, hidden) +
      sectionsBytes(matrices.attentionOutput, heads * headSize) +
      (names.attentionOutputBias === undefined ? 0 : norm) + // as long as a norm
      (names.qkvBias ? 4 * padded(qkv) : 0) +
      (names.headNorms ? bufferBytes(4 * ofHeadNorms(model, index, names.headNorms)) : 0)
    )
  })
  const { embedding, output } = model.tensors
  const embeddings = (model.tiedEmbeddings ? [embedding] : [embedding, output]).map((tensor) =>
    sectionsBytes(vocabularySections(model, storage, tensor), hidden),
  )
  const others = norm + bufferBytes(4) + layerInputsBytes(model, storage)
  return [...embeddings, ...layers].reduce((a, b) => a + b, others)
}

function ofHeadNorms(
  model: ModelDescription,
  layer: number,
  names: NonNullable<AttentionTensorNames['headNorms']>,
): number {
  return headNormValues(headNormsOf(inLayer(model, layer), names))
}

/** The weights of norms, by what they multiply. */
function headNormsIn(
  names: AttentionTensorNames['headNorms'],
  allocate: (names: NonNullable<AttentionTensorNames['headNorms']>) => GPUBuffer,
): Pick<AttentionWeights, 'headNorms' | 'turnedNorms'> {
  const weights = names && allocate(names)
  const isTurned = names?.weigh === 'turned heads'
  return isTurned
    ? { headNorms: undefined, turnedNorms: weights }
    : { headNorms: weights, turnedNorms: undefined }
}

/** Allocates everything the weights need; nothing is read yet. */
export function allocateWeights(
  gpu: Gpu,
  model: ModelDescription,
  storage: WeightStorage,
  retainingWidth: number,
): ModelWeights {
  const { hidden } = model
  const vector = (label: string, values: number) =>
    gpu.memory.allocate('weights', label, 4 * values)
  const noBias = vector('no bias', 1)
  const matrix = (label: string, sections: readonly Section[], ins: number, bias = noBias) =>
    allocateMatrix(gpu, label, sections, ins, bias)
  const ofVocabulary = (label: string, tensor: string) =>
    matrix(label, vocabularySections(model, storage, tensor), hidden)
  const norm = (label: string) => vector(label, padded(hidden))
  const optionalNorm = (label: string, tensor: string | undefined) =>
    tensor === undefined ? undefined : norm(label)
  const embedding = ofVocabulary('embedding', model.tensors.embedding)
  const head = [{ outs: retainingWidth, storage: headStorage(storage) }]
  const retainingHead = (qkv: number, kvHeads: number) => ({
    fc1: matrix('retaining head fc1', head, qkv),
    bias: vector('retaining head bias', retainingWidth),
    fc2: vector('retaining head fc2', kvHeads * retainingWidth),
  })
  const layers = model.tensors.layers.map((names, index): LayerWeights => {
    const sections = layerSections(model, storage, index)
    const { heads, kvHeads, headSize, feedForward } = inLayer(model, index)
    const common = {
      attentionNorm: optionalNorm('attention norm', names.attentionNorm),
      attentionPostNorm: optionalNorm('attention post-norm', names.attentionPostNorm),
      feedForwardNorm: optionalNorm('feed-forward norm', names.feedForwardNorm),
      gateUp: matrix(
        'gate and up',
        sections.gateUp,
        hidden,
        names.gateUpBias && vector('gate and up bias', padded(2 * feedForward)),
      ),
      down: matrix('down', sections.down, feedForward, optionalNorm('down bias', names.downBias)),
      feedForwardPostNorm: optionalNorm('feed-forward post-norm', names.feedForwardPostNorm),
      layerInput: allocateLayerInput(gpu, model, sections, noBias),
      scale: names.scale === undefined ? undefined : vector('scale', 1),
    }
    if ('convolution' in names)
      return { ...common, convolution: allocateConvolution(gpu, model, sections, noBias) }
    if ('deltaNet' in names)
      return { ...common, deltaNet: allocateDeltaNet(gpu, model, sections, noBias) }
    const qkv = qkvValues(model, index)
    return {
      ...common,
      qkv: matrix('qkv', sections.qkv, hidden, names.qkvBias && vector('qkv bias', padded(qkv))),
      ...headNormsIn(names.headNorms, (norms) =>
        vector('head norms', ofHeadNorms(model, index, norms)),
      ),
      attentionGate:
        names.queryAndGate === undefined
          ? undefined
          : matrix('attention gate', sections.attentionGate, hidden),
      attentionOutput: matrix(
        'attention output',
        sections.attentionOutput,
        heads * headSize,
        optionalNorm('attention output bias', names.attentionOutputBias),
      ),
      retainingHead: retainingWidth === 0 ? undefined : retainingHead(qkv, kvHeads),
    }
  })
  return {
    embedding,
    layerInputs: allocateLayerInputs(gpu, model, storage, noBias),
    output: model.tiedEmbeddings ? embedding : ofVocabulary('output', model.tensors.output),
    finalNorm: norm('final norm'),
    layers,
  }
}
