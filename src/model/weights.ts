// A model's weights on the GPU, and how they get there: every tensor streams from the checkpoint, in file order, into the
// rows kept for it. The weights of q, k and v are one matrix, so that one kernel call computes [q; k; v], which is also what
// a retaining head reads. Gate and up are one matrix as well.
import { throwIfAborted } from '../api/errors.ts'
import type { Gpu } from '../gpu/device.ts'
import type { WeightStorage } from '../api/settings.ts'
import { halvedIn } from './rotated.ts'
import type { LayerTensorNames, ModelDescription } from '../api/description.ts'
import { bufferBytes } from '../gpu/memory.ts'
import type { Checkpoint } from './checkpoint.ts'
import {
  allocateMatrix,
  matrixBytes,
  matrixSink,
  padded,
  sectionsBytes,
  vectorSink,
  type GpuMatrix,
  type Placing,
  type RowSink,
  type Section,
} from './matrix.ts'
import { headStorage, layerSections, storageOf, vocabularySections } from './matrix_sections.ts'
import type { RetainingHeads } from './retaining_heads.ts'
import { halvesOrder, interleavedRow, retainingHeadColumns } from './rotary_layout.ts'
import { gateUpHeights, qkvHeights, stacked } from './stacked.ts'

/** One retaining head: fc2 · silu(fc1 · [q; k; v] + bias). */
export interface GpuRetainingHead {
  /** (d_R, (heads + 2·kvHeads) · headSize) */
  readonly fc1: GpuMatrix
  /** (d_R), f32; zeros where the file has none */
  readonly bias: GPUBuffer
  /** (kvHeads, d_R), f32 */
  readonly fc2: GPUBuffer
}

export interface LayerWeights {
  /** (hidden), f32 */
  readonly attentionNorm: GPUBuffer
  /** ((heads + 2·kvHeads) · headSize, hidden), q and k in rotary pairs */
  readonly qkv: GpuMatrix
  /** (2, headSize), f32: of the query heads, of the key heads; in rotary pairs */
  readonly headNorms: GPUBuffer | undefined
  /** (hidden, heads · headSize) */
  readonly attentionOutput: GpuMatrix
  /** (hidden), f32 */
  readonly attentionPostNorm: GPUBuffer | undefined
  /** (hidden), f32 */
  readonly feedForwardNorm: GPUBuffer
  /** (2 · feedForward, hidden) */
  readonly gateUp: GpuMatrix
  /** (hidden, feedForward) */
  readonly down: GpuMatrix
  /** (hidden), f32 */
  readonly feedForwardPostNorm: GPUBuffer | undefined
  readonly retainingHead: GpuRetainingHead | undefined
}

export interface ModelWeights {
  /** (vocabulary, hidden) */
  readonly embedding: GpuMatrix
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
  const { hidden, heads, kvHeads, headSize, feedForward } = model
  const qkv = (heads + 2 * kvHeads) * headSize
  const norm = 4 * padded(hidden)
  const head =
    retainingWidth === 0
      ? 0
      : matrixBytes(retainingWidth, qkv, headStorage(storage)) +
        bufferBytes(4 * retainingWidth) +
        bufferBytes(4 * kvHeads * retainingWidth)
  const layers = model.tensors.layers.map((names, index) => {
    const matrices = layerSections(model, storage, index)
    const norms = [
      ...[names.attentionNorm, names.feedForwardNorm],
      ...[names.attentionPostNorm, names.feedForwardPostNorm],
      names.attentionOutputBias, // as long as a norm
    ]
    return (
      sectionsBytes(matrices.qkv, hidden) +
      sectionsBytes(matrices.attentionOutput, heads * headSize) +
      sectionsBytes(matrices.gateUp, hidden) +
      sectionsBytes(matrices.down, feedForward) +
      norms.filter((name) => name !== undefined).length * norm +
      (names.qkvBias ? 4 * padded(qkv) : 0) +
      (names.headNorms ? bufferBytes(8 * headSize) : 0)
    )
  })
  const { embedding, output } = model.tensors
  const embeddings = (model.tiedEmbeddings ? [embedding] : [embedding, output]).map((tensor) =>
    sectionsBytes(vocabularySections(model, storage, tensor), hidden),
  )
  return [...embeddings, ...layers.map((bytes) => head + bytes)].reduce(
    (a, b) => a + b,
    norm + bufferBytes(4),
  )
}

/** Allocates everything the weights need; nothing is read yet. */
export function allocateWeights(
  gpu: Gpu,
  model: ModelDescription,
  storage: WeightStorage,
  retainingWidth: number,
): ModelWeights {
  const { hidden, heads, kvHeads, headSize, feedForward } = model
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
  const qkv = (heads + 2 * kvHeads) * headSize
  const embedding = ofVocabulary('embedding', model.tensors.embedding)
  const head = [{ outs: retainingWidth, storage: headStorage(storage) }]
  const layer = (names: LayerTensorNames, index: number): LayerWeights => {
    const sections = layerSections(model, storage, index)
    return {
      attentionNorm: norm('attention norm'),
      qkv: matrix('qkv', sections.qkv, hidden, names.qkvBias && vector('qkv bias', padded(qkv))),
      headNorms: names.headNorms && vector('head norms', 2 * headSize),
      attentionPostNorm: optionalNorm('attention post-norm', names.attentionPostNorm),
      attentionOutput: matrix(
        'attention output',
        sections.attentionOutput,
        heads * headSize,
        optionalNorm('attention output bias', names.attentionOutputBias),
      ),
      feedForwardNorm: norm('feed-forward norm'),
      gateUp: matrix('gate and up', sections.gateUp, hidden),
      down: matrix('down', sections.down, feedForward),
      feedForwardPostNorm: optionalNorm('feed-forward post-norm', names.feedForwardPostNorm),
      retainingHead:
        retainingWidth === 0
          ? undefined
          : {
              fc1: matrix('retaining head fc1', head, qkv),
              bias: vector('retaining head bias', retainingWidth),
              fc2: vector('retaining head fc2', kvHeads * retainingWidth),
            },
    }
  }
  return {
    embedding,
    output: model.tiedEmbeddings ? embedding : ofVocabulary('output', model.tensors.output),
    finalNorm: norm('final norm'),
    layers: model.tensors.layers.map(layer),
  }
}

/** Streams a checkpoint's tensors into the weights. Throws LongtabError `bad-file` at NaN, infinities or overflow. */
export async function streamWeights(
  gpu: Gpu,
  model: ModelDescription,
  storage: WeightStorage,
  weights: ModelWeights,
  checkpoint: Checkpoint,
  signal?: AbortSignal,
): Promise<void> {
  await streamTensors(gpu, checkpoint, modelSinks(gpu, model, storage, weights), signal)
}

export async function streamRetainingHeads(
  gpu: Gpu,
  model: ModelDescription,
  storage: WeightStorage,
  weights: ModelWeights,
  heads: RetainingHeads,
  signal?: AbortSignal,
): Promise<void> {
  const sinks = new Map<string, RowSink>()
  heads.layers.forEach(({ fc1, bias, fc2 }, i) => {
    const head = weights.layers[i]?.retainingHead
    if (!head) return
    const columns = retainingHeadColumns(model, i)
    sinks.set(
      fc1,
      matrixSink(gpu, fc1, head.fc1, headStorage(storage), (row) => row, columns),
    )
    if (bias !== undefined)
      sinks.set(bias, vectorSink(gpu, bias, head.bias, { width: heads.hidden }))
    sinks.set(fc2, vectorSink(gpu, fc2, head.fc2, { width: heads.hidden }))
  })
  await streamTensors(gpu, heads.checkpoint, sinks, signal)
}

/** Where every tensor of the model goes. */
function modelSinks(
  gpu: Gpu,
  model: ModelDescription,
  storage: WeightStorage,
  weights: ModelWeights,
): Map<string, RowSink> {
  const { heads, kvHeads, headSize, hidden, normOffset, tensors } = model
  const sinks = new Map<string, RowSink>()
  const rows = (name: string, matrix: GpuMatrix, rowOf = (row: number) => row) =>
    sinks.set(name, matrixSink(gpu, name, matrix, storageOf(model, storage, name), rowOf))
  const vector = (name: string, buffer: GPUBuffer, placing: Placing) =>
    sinks.set(name, vectorSink(gpu, name, buffer, placing))
  const norm = (name: string | undefined, buffer: GPUBuffer | undefined) => {
    if (name !== undefined && buffer) vector(name, buffer, { width: hidden, plus: normOffset })
  }

  rows(tensors.embedding, weights.embedding)
  if (!model.tiedEmbeddings) rows(tensors.output, weights.output)
  const times = model.logitScale // the output matrix is linear
  vector(tensors.finalNorm, weights.finalNorm, { width: hidden, plus: normOffset, times })
  weights.layers.forEach((layer, i) => {
    const names = tensors.layers[i]
    if (!names) return
    const halved = halvedIn(model, i)
    const rotating = (heads + kvHeads) * headSize
    const paired = (row: number) => (row < rotating ? interleavedRow(row, headSize, halved) : row)
    const order = halvesOrder(model, halved)

    norm(names.attentionNorm, layer.attentionNorm)
    for (const { tensor, firstRow } of stacked(names.qkv, qkvHeights(model))) {
      rows(tensor, layer.qkv, (row) => paired(firstRow + row))
    }
    if (names.qkvBias) {
      for (const { tensor, firstRow, rows } of stacked(names.qkvBias, qkvHeights(model))) {
        const part = order.subarray(firstRow, firstRow + rows).map((place) => place - firstRow)
        vector(tensor, layer.qkv.bias, { width: rows, first: firstRow, order: part })
      }
    }
    if (names.headNorms && layer.headNorms) {
      const head = { width: headSize, order: order.subarray(0, headSize), plus: normOffset }
      vector(names.headNorms.query, layer.headNorms, head)
      vector(names.headNorms.key, layer.headNorms, { ...head, first: headSize })
    }
    rows(names.attentionOutput, layer.attentionOutput)
    if (names.attentionOutputBias)
      vector(names.attentionOutputBias, layer.attentionOutput.bias, { width: hidden })
    norm(names.attentionPostNorm, layer.attentionPostNorm)
    norm(names.feedForwardNorm, layer.feedForwardNorm)
    for (const { tensor, firstRow } of stacked(names.gateUp, gateUpHeights(model))) {
      rows(tensor, layer.gateUp, (row) => firstRow + row)
    }
    rows(names.down, layer.down)
    norm(names.feedForwardPostNorm, layer.feedForwardPostNorm)
  })
  return sinks
}

/** Bytes written to the queue before waiting for it, so that the browser's upload buffers stay bounded. */
const uploadBytes = 64 * 2 ** 20

async function streamTensors(
  gpu: Gpu,
  checkpoint: Checkpoint,
  sinks: ReadonlyMap<string, RowSink>,
  signal: AbortSignal | undefined,
): Promise<void> {
  let waiting = 0
  const written = async (bytes: number) => {
    waiting += bytes
    if (waiting < uploadBytes) return
    throwIfAborted(signal, 'loading the model')
    await gpu.device.queue.onSubmittedWorkDone()
    waiting = 0
  }
  for (const name of checkpoint.tensors.keys()) {
    const sink = sinks.get(name)
    if (!sink) continue
    const packed = sink.packed && checkpoint.packedRows?.(name, sink.packed.storage, signal)
    if (packed) {
      for await (const slice of packed) {
        sink.packed.take(slice)
        await written(slice.codes.byteLength)
      }
    } else {
      for await (const slice of checkpoint.rows(name, signal)) {
        sink.take(slice)
        await written(slice.values.byteLength)
      }
    }
  }
}
