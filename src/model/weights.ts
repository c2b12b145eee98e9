// A model's weights on the GPU, and how they get there: every tensor streams from the checkpoint, in file order, into the
// rows kept for it. q, k, v lie in one matrix, and so do gate and up: one kernel call makes [q; k; v], which is also what a
// retaining head reads.
import { throwIfAborted } from '../errors.ts'
import type { Gpu } from '../gpu/device.ts'
import type { Storage } from '../gpu/kernel.ts'
import type { Checkpoint } from './checkpoint.ts'
import type { ModelDescription } from './description.ts'
import {
  allocateMatrix,
  matrixBytes,
  matrixSink,
  padded,
  vectorSink,
  type GpuMatrix,
  type RowSink,
} from './matrix.ts'
import type { RetainingHeads } from './retaining_heads.ts'
import { interleavedRow, retainingHeadColumns } from './rotary_layout.ts'

/** One retaining head: fc2 · silu(fc1 · [q; k; v]). */
export interface GpuRetainingHead {
  /** (d_R, (heads + 2·kvHeads) · headSize) */
  readonly fc1: GpuMatrix
  /** (kvHeads, d_R), f32 */
  readonly fc2: GPUBuffer
}

export interface LayerWeights {
  /** (hidden), f32 */
  readonly attentionNorm: GPUBuffer
  /** ((heads + 2·kvHeads) · headSize, hidden), q and k in rotary pairs */
  readonly qkv: GpuMatrix
  /** (hidden, heads · headSize) */
  readonly attentionOutput: GpuMatrix
  /** (hidden), f32 */
  readonly feedForwardNorm: GPUBuffer
  /** (2 · feedForward, hidden) */
  readonly gateUp: GpuMatrix
  /** (hidden, feedForward) */
  readonly down: GpuMatrix
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

/** d_R of the retaining heads to make room for; 0 for none. */
export function weightBytes(
  model: ModelDescription,
  storage: Storage,
  retainingWidth: number,
): number {
  const { hidden, heads, kvHeads, headSize, feedForward, vocabulary } = model
  const qkv = (heads + 2 * kvHeads) * headSize
  const norm = 4 * padded(hidden)
  const layer =
    2 * norm +
    matrixBytes(qkv, hidden, storage) +
    matrixBytes(hidden, heads * headSize, storage) +
    matrixBytes(2 * feedForward, hidden, storage) +
    matrixBytes(hidden, feedForward, storage)
  const head =
    retainingWidth === 0
      ? 0
      : matrixBytes(retainingWidth, qkv, storage) +
        Math.ceil((4 * kvHeads * retainingWidth) / 16) * 16
  const embeddings = (model.tiedEmbeddings ? 1 : 2) * matrixBytes(vocabulary, hidden, storage)
  return embeddings + norm + model.layers * (layer + head)
}

/** Allocates everything the weights need; nothing is read yet. */
export function allocateWeights(
  gpu: Gpu,
  model: ModelDescription,
  storage: Storage,
  retainingWidth: number,
): ModelWeights {
  const { hidden, heads, kvHeads, headSize, feedForward, vocabulary } = model
  const matrix = (label: string, outs: number, ins: number) =>
    allocateMatrix(gpu, label, outs, ins, storage)
  const norm = (label: string) => gpu.memory.allocate('weights', label, 4 * padded(hidden))
  const qkv = (heads + 2 * kvHeads) * headSize
  const embedding = matrix('embedding', vocabulary, hidden)
  return {
    embedding,
    output: model.tiedEmbeddings ? embedding : matrix('output', vocabulary, hidden),
    finalNorm: norm('final norm'),
    layers: model.tensors.layers.map(() => ({
      attentionNorm: norm('attention norm'),
      qkv: matrix('qkv', qkv, hidden),
      attentionOutput: matrix('attention output', hidden, heads * headSize),
      feedForwardNorm: norm('feed-forward norm'),
      gateUp: matrix('gate and up', 2 * feedForward, hidden),
      down: matrix('down', hidden, feedForward),
      retainingHead:
        retainingWidth === 0
          ? undefined
          : {
              fc1: matrix('retaining head fc1', retainingWidth, qkv),
              fc2: gpu.memory.allocate(
                'weights',
                'retaining head fc2',
                4 * kvHeads * retainingWidth,
              ),
            },
    })),
  }
}

/** Streams a checkpoint's tensors into the weights. Throws LongtabError `bad-file` at NaN, infinities or overflow. */
export async function streamWeights(
  gpu: Gpu,
  model: ModelDescription,
  storage: Storage,
  weights: ModelWeights,
  checkpoint: Checkpoint,
  signal?: AbortSignal,
): Promise<void> {
  await streamTensors(gpu, checkpoint, modelSinks(gpu, model, storage, weights), signal)
}

export async function streamRetainingHeads(
  gpu: Gpu,
  model: ModelDescription,
  storage: Storage,
  weights: ModelWeights,
  heads: RetainingHeads,
  signal?: AbortSignal,
): Promise<void> {
  const columns = retainingHeadColumns(model)
  const sinks = new Map<string, RowSink>()
  heads.layers.forEach(({ fc1, fc2 }, i) => {
    const head = weights.layers[i]?.retainingHead
    if (!head) return
    sinks.set(
      fc1,
      matrixSink(gpu, fc1, head.fc1, storage, (row) => row, columns),
    )
    sinks.set(fc2, vectorSink(gpu, fc2, head.fc2, heads.hidden))
  })
  await streamTensors(gpu, heads.checkpoint, sinks, signal)
}

/** Where every tensor of the model goes. */
function modelSinks(
  gpu: Gpu,
  model: ModelDescription,
  storage: Storage,
  weights: ModelWeights,
): Map<string, RowSink> {
  const { heads, kvHeads, headSize, feedForward, hidden, tensors } = model
  const sinks = new Map<string, RowSink>()
  const rows = (name: string, matrix: GpuMatrix, rowOf = (row: number) => row) =>
    sinks.set(name, matrixSink(gpu, name, matrix, storage, rowOf))
  const vector = (name: string, buffer: GPUBuffer) =>
    sinks.set(name, vectorSink(gpu, name, buffer, hidden))
  const paired = (row: number) => interleavedRow(row, headSize, model.rotary.rotated)

  rows(tensors.embedding, weights.embedding)
  if (!model.tiedEmbeddings) rows(tensors.output, weights.output)
  vector(tensors.finalNorm, weights.finalNorm)
  weights.layers.forEach((layer, i) => {
    const names = tensors.layers[i]
    if (!names) return
    const firstKey = heads * headSize
    const firstValue = (heads + kvHeads) * headSize
    vector(names.attentionNorm, layer.attentionNorm)
    rows(names.query, layer.qkv, paired)
    rows(names.key, layer.qkv, (row) => firstKey + paired(row))
    rows(names.value, layer.qkv, (row) => firstValue + row)
    rows(names.attentionOutput, layer.attentionOutput)
    vector(names.feedForwardNorm, layer.feedForwardNorm)
    rows(names.gate, layer.gateUp)
    rows(names.up, layer.gateUp, (row) => feedForward + row)
    rows(names.down, layer.down)
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
  for (const name of checkpoint.tensors.keys()) {
    const sink = sinks.get(name)
    if (!sink) continue
    for await (const slice of checkpoint.rows(name, signal)) {
      sink(slice)
      waiting += slice.values.byteLength
      if (waiting < uploadBytes) continue
      throwIfAborted(signal, 'loading the model')
      await gpu.device.queue.onSubmittedWorkDone()
      waiting = 0
    }
  }
}
