// How weights get to the GPU: every tensor streams from the checkpoint, in file order, into the rows kept for it.
import { throwIfAborted } from '../api/errors.ts'
import type { Gpu } from '../gpu/device.ts'
import type { WeightStorage } from '../api/settings.ts'
import { headNormsOf } from './head_norms.ts'
import { layerInputSinks, layerInputsSinks } from './layer_input_weights.ts'
import { inLayer } from './layer_shape.ts'
import { halvedIn } from './rotated.ts'
import type { ModelDescription } from '../api/description.ts'
import type { Checkpoint } from './checkpoint.ts'
import { convolutionSinks } from './convolution_weights.ts'
import { deltaNetSinks } from './delta_net_weights.ts'
import { bothSinks, gateRow, queryRow } from './gated_queries.ts'
import { matrixSink, vectorSink, type GpuMatrix, type Placing, type RowSink } from './matrix.ts'
import { headStorage, storageOf } from './matrix_sections.ts'
import type { RetainingHeads } from './retaining_heads.ts'
import { halvesOrder, interleavedRow, retainingHeadColumns } from './rotary_layout.ts'
import { gateUpHeights, qkvHeights, stacked } from './stacked.ts'
import type { ModelWeights } from './weights.ts'

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
  for (const { layer, fc1, bias, fc2 } of heads.layers) {
    const own = weights.layers[layer]
    const head = own && 'retainingHead' in own ? own.retainingHead : undefined
    if (!head) continue
    const columns = retainingHeadColumns(model, layer)
    sinks.set(
      fc1,
      matrixSink(gpu, fc1, head.fc1, headStorage(storage), (row) => row, columns),
    )
    if (bias !== undefined)
      sinks.set(bias, vectorSink(gpu, bias, head.bias, { width: heads.hidden }))
    sinks.set(fc2, vectorSink(gpu, fc2, head.fc2, { width: heads.hidden }))
  }
  await streamTensors(gpu, heads.checkpoint, sinks, signal)
}

/** Where every tensor of the model goes. */
function modelSinks(
  gpu: Gpu,
  model: ModelDescription,
  storage: WeightStorage,
  weights: ModelWeights,
): Map<string, RowSink> {
  const { hidden, normOffset, tensors } = model
  const sinks = new Map<string, RowSink>()
  const rows = (name: string, matrix: GpuMatrix, rowOf = (row: number) => row) => {
    const sink = matrixSink(gpu, name, matrix, storageOf(model, storage, name), rowOf)
    const other = sinks.get(name)
    sinks.set(name, other ? both(other, sink) : sink)
  }
  const vector = (name: string, buffer: GPUBuffer, placing: Placing) =>
    sinks.set(name, vectorSink(gpu, name, buffer, placing))
  const norm = (name: string | undefined, buffer: GPUBuffer | undefined) => {
    if (name !== undefined && buffer) vector(name, buffer, { width: hidden, plus: normOffset })
  }

  rows(tensors.embedding, weights.embedding)
  if (!model.tiedEmbeddings) rows(tensors.output, weights.output)
  const times = model.logitScale // the output matrix is linear
  vector(tensors.finalNorm, weights.finalNorm, { width: hidden, plus: normOffset, times })
  for (const [name, sink] of layerInputsSinks(gpu, model, storage, weights.layerInputs))
    sinks.set(name, sink)
  weights.layers.forEach((layer, i) => {
    const names = tensors.layers[i]
    if (!names) return
    const ofFeedForward = gateUpHeights(inLayer(model, i))
    norm(names.attentionNorm, layer.attentionNorm)
    norm(names.attentionPostNorm, layer.attentionPostNorm)
    norm(names.feedForwardNorm, layer.feedForwardNorm)
    for (const { tensor, firstRow } of stacked(names.gateUp, ofFeedForward)) {
      rows(tensor, layer.gateUp, (row) => firstRow + row)
    }
    for (const { tensor, firstRow: first, rows: width } of stacked(
      names.gateUpBias ?? [],
      ofFeedForward,
    )) {
      vector(tensor, layer.gateUp.bias, { width, first })
    }
    rows(names.down, layer.down)
    if (names.downBias !== undefined) vector(names.downBias, layer.down.bias, { width: hidden })
    norm(names.feedForwardPostNorm, layer.feedForwardPostNorm)
    for (const [name, sink] of layerInputSinks(
      gpu,
      model,
      storage,
      layer.layerInput,
      names.layerInput,
    ))
      sinks.set(name, sink)
    if (names.scale !== undefined && layer.scale) vector(names.scale, layer.scale, { width: 1 })
    if ('convolution' in names && 'convolution' in layer) {
      for (const [name, sink] of convolutionSinks(gpu, model, storage, layer.convolution, names))
        sinks.set(name, sink)
    }
    if ('deltaNet' in names && 'deltaNet' in layer) {
      for (const [name, sink] of deltaNetSinks(gpu, model, storage, layer.deltaNet, names))
        sinks.set(name, sink)
    }
    if (!('qkv' in names) || !('qkv' in layer)) return
    const own = inLayer(model, i)
    const { heads, kvHeads, headSize } = own
    const halved = halvedIn(model, i)
    const rotating = (heads + kvHeads) * headSize
    const paired = (row: number) => (row < rotating ? interleavedRow(row, headSize, halved) : row)
    const order = halvesOrder(own, halved)
    for (const { tensor, firstRow } of stacked(names.qkv, qkvHeights(model, i))) {
      rows(tensor, layer.qkv, (row) => paired(firstRow + row))
    }
    if (names.queryAndGate !== undefined && layer.attentionGate) {
      const { queryAndGate } = names
      const stored = storageOf(model, storage, queryAndGate)
      const pairedQuery = (row: number) => {
        const to = queryRow(row, headSize)
        return to === undefined ? undefined : paired(to)
      }
      const queries = matrixSink(gpu, queryAndGate, layer.qkv, stored, pairedQuery)
      const toGate = (row: number) => gateRow(row, headSize)
      const gates = matrixSink(gpu, queryAndGate, layer.attentionGate, stored, toGate)
      sinks.set(queryAndGate, bothSinks(queries, gates))
    }
    if (names.qkvBias) {
      for (const { tensor, firstRow, rows } of stacked(names.qkvBias, qkvHeights(model, i))) {
        const part = order.subarray(firstRow, firstRow + rows).map((place) => place - firstRow)
        vector(tensor, layer.qkv.bias, { width: rows, first: firstRow, order: part })
      }
    }
    const headNorms = layer.headNorms ?? layer.turnedNorms
    if (names.headNorms && headNorms) {
      const { queryWidth, keyWidth } = headNormsOf(own, names.headNorms)
      for (const [name, width, first] of [
        [names.headNorms.query, queryWidth, 0],
        [names.headNorms.key, keyWidth, queryWidth],
      ] as const) {
        if (name === undefined) continue
        // heads are alike, so that keys have the order that as many queries have
        const placing = { width, first, order: order.subarray(0, width), plus: normOffset }
        vector(name, headNorms, placing)
      }
    }
    rows(names.attentionOutput, layer.attentionOutput)
    if (names.attentionOutputBias)
      vector(names.attentionOutputBias, layer.attentionOutput.bias, { width: hidden })
  })
  return sinks
}

/** A tensor that goes to two places. */
function both(one: RowSink, other: RowSink): RowSink {
  return {
    take(slice) {
      one.take(slice)
      other.take(slice)
    },
    ...(one.packed && {
      packed: {
        storage: one.packed.storage,
        take(rows) {
          one.packed?.take(rows)
          other.packed?.take(rows)
        },
      },
    }),
  }
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
