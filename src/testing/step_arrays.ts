// The arrays that a step of the forward pass reads and writes, between the GPU's buffers and the reference's form.
import { embed } from '../../reference/embed.ts'
import { emptyCache, type LayerCache, type ReferenceModel } from '../../reference/model.ts'
import type { LayerCache as GpuLayerCache } from '../forward/cache.ts'
import type { Engine } from '../forward/engine.ts'
import { rowWidths } from '../forward/scratch.ts'
import { readBuffer } from '../gpu/readback.ts'
import { stretchOf, type Bound } from '../gpu/stretch.ts'
import { deltaNetOf } from '../model/delta_net_shape.ts'
import { layerInputValues } from '../model/layer_input_weights.ts'
import { inLayer } from '../model/layer_shape.ts'
import { padded } from '../model/matrix.ts'
import { rowBytes } from '../plan/cache_bytes.ts'
import { ringTokens } from '../plan/state_bytes.ts'
import { isLocalLayer } from '../plan/local.ts'
import type { Step } from './bisect.ts'
import { cutRows, decodeRows, encodeRows, padRows } from './rows.ts'

export type RowsName = keyof ReturnType<typeof rowWidths>

/** As in the reference's Layer; empty where the step does not read them. */
export type Arrays = Record<RowsName, Float32Array> & { readonly cache: LayerCache }

export async function readStep(
  engine: Engine,
  { layer, index = 0, rows }: Step,
  names: readonly RowsName[],
): Promise<Arrays> {
  const { gpu, plan, scratch } = engine
  const none = new Float32Array()
  const arrays: Record<RowsName, Float32Array> = {
    ...{ residual: none, qkv: none, attended: none, gated: none, logits: none },
    ...{ gates: none, convolved: none, mixed: none, readout: none, layerInputs: none },
  }
  for (const name of names) {
    const width = rowWidths(plan.model, index)[name]
    if (width === 0) continue // models whose layers have no inputs
    const bytes = 4 * padded(width) * (name === 'logits' ? 1 : rows)
    const values = new Float32Array(await readBuffer(gpu.device, scratch[name], 0, bytes))
    // split attention leaves numbers in the padding of `gated`, against which weights are zero
    arrays[name] = cutRows(values, width, padded(width))
  }
  const cache = layer === undefined ? emptyCache(plan.model, 0) : await readCache(engine, layer)
  return { ...arrays, cache }
}

/** The ids' rows of the table of layer inputs, in models that have one. */
export function writeTokenRows(
  { gpu, plan, scratch }: Engine,
  { layerInputs }: ReferenceModel,
  ids: Uint32Array,
): void {
  if (!layerInputs) return
  const width = layerInputValues(plan.model)
  const rows = padRows(embed(ids, layerInputs.table, width, 1), width, padded(width))
  gpu.device.queue.writeBuffer(scratch.tokenRows, 0, rows)
}

export function writeStep(
  engine: Engine,
  { layer, index = 0, state, rows, writes }: Step,
  arrays: Arrays,
): void {
  const { gpu, plan, scratch } = engine
  const { queue } = gpu.device
  for (const name of writes) {
    const width = rowWidths(plan.model, index)[name]
    if (width === 0) continue
    queue.writeBuffer(scratch[name], 0, padRows(arrays[name], width, padded(width)))
  }
  if (layer === undefined) return
  const { headSize } = inLayer(plan.model, layer)
  const { keys, values, scores, origins, heads, inputs, associations } = arrays.cache
  if (state === 'inputs') writeInputs(engine, layer, rows, inputs)
  const net = state === 'associations' && engine.cache.states[layer]?.associations
  if (net) queue.writeBuffer(net, 0, Float32Array.from(associations))
  const own = layerOf(engine, layer)
  queue.writeBuffer(own.keys, 0, encodeRows(keys, headSize, 'f32'))
  queue.writeBuffer(own.values, 0, encodeRows(values, headSize, 'f32'))
  queue.writeBuffer(own.scores.buffer, own.scores.offset, scores)
  queue.writeBuffer(own.origins, 0, origins)
  heads.forEach(({ occupied }, kvHead) => Object.assign(own.heads[kvHead] ?? {}, { occupied }))
}

/** By name, of the cache the slots in use; scores where the policy makes any. */
export function writtenBy(
  engine: Engine,
  { layer, name, rows, writes }: Step,
  arrays: Arrays,
): Record<string, ArrayLike<number>> {
  const written = Object.fromEntries(writes.map((each) => [each, arrays[each]]))
  if (layer === undefined) return written
  const { headSize } = inLayer(engine.plan.model, layer)
  const { cache } = arrays
  const more = name.endsWith('evict') ? 0 : rows // new units count from the last layer on
  const inUse = (values: Float32Array | Uint32Array, width: number) =>
    layerOf(engine, layer).heads.flatMap(({ offset, occupied }) => [
      ...values.subarray(offset * width, (offset + occupied + more) * width),
    ])
  return {
    ...written,
    origins: inUse(cache.origins, 1),
    keys: inUse(cache.keys, headSize),
    values: inUse(cache.values, headSize),
    ...(isScored(engine, layer) ? { scores: inUse(cache.scores, 1) } : {}),
  }
}

async function readCache(engine: Engine, layer: number): Promise<LayerCache> {
  const { headSize } = inLayer(engine.plan.model, layer)
  const { keys, values, scores, origins, heads } = layerOf(engine, layer)
  const slots = heads.reduce((sum, { capacity }) => sum + capacity, 0)
  const bytesOf = (bound: Bound, ofSlot: number) => {
    const { buffer, offset } = stretchOf(bound)
    return readBuffer(engine.gpu.device, buffer, offset, slots * ofSlot) // buffers may be longer
  }
  const row = rowBytes(headSize, 'f32')
  return {
    heads: heads.map(({ capacity, ...head }) => ({ ...head, slots: capacity })),
    keys: decodeRows(await bytesOf(keys, row), headSize, 'f32'),
    values: decodeRows(await bytesOf(values, row), headSize, 'f32'),
    scores: new Float32Array(await bytesOf(scores, 4)),
    origins: new Uint32Array(await bytesOf(origins, 4)),
    inputs: await readInputs(engine, layer),
    associations: await readAssociations(engine, layer),
  }
}

/** What keys are associated with, in a layer that is a gated delta net. */
async function readAssociations({ gpu, plan, cache }: Engine, layer: number) {
  const state = cache.states[layer]?.associations
  if (!state || cache.seen === 0) return new Float32Array()
  const { valueHeads, keySize, valueSize } = deltaNetOf(plan.model)
  const bytes = 4 * valueHeads * keySize * valueSize
  return new Float32Array(await readBuffer(gpu.device, state, 0, bytes))
}

/** Inputs of the newest tokens, in a layer with a convolution. */
async function readInputs({ gpu, plan, cache }: Engine, layer: number): Promise<Float32Array> {
  const { convolutionTaps } = plan.model
  const state = cache.states[layer]?.inputs
  if (!state) return new Float32Array()
  const { convolved: width } = rowWidths(plan.model, layer)
  const ring = new Float32Array(await readBuffer(gpu.device, state))
  const count = Math.min(cache.seen, convolutionTaps - 1)
  const tokens = Array.from({ length: count }, (_, i) => cache.seen - count + i)
  const rows = tokens.map((token) => {
    const at = (token % ringTokens(plan.model)) * width
    return [...ring.subarray(at, at + width)]
  })
  return Float32Array.from(rows.flat())
}

/** @param rows tokens of the step, which end the inputs */
function writeInputs(
  { gpu, plan, cache }: Engine,
  layer: number,
  rows: number,
  inputs: Float32Array,
): void {
  const { convolved: width } = rowWidths(plan.model, layer)
  const state = cache.states[layer]?.inputs
  if (!state) return
  const count = inputs.length / width
  for (let i = 0; i < count; i++) {
    const token = cache.seen + rows - count + i
    const row = Float32Array.from(inputs.subarray(i * width, (i + 1) * width))
    gpu.device.queue.writeBuffer(state, 4 * (token % ringTokens(plan.model)) * width, row)
  }
}

function layerOf({ cache }: Engine, layer: number): GpuLayerCache {
  const found = cache.layers[layer]
  if (found === undefined) throw new Error(`there is no layer ${layer}`)
  return found
}

/** Whether new units of the layer have scores. */
function isScored({ policy, plan }: Engine, layer: number): boolean {
  return ('score' in policy || 'observe' in policy) && !isLocalLayer(plan, layer)
}
