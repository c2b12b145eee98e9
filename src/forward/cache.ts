// The fixed KV buffer, allocated once. For every layer it holds keys (before rotation), values, scores and origins of the
// tokens kept. KV heads may differ in their number of slots and lie one after the other: slot s of a head is slot offset
// + s of the layer. Slots 0 … occupied − 1 of a head are in use, in document order.
import type { Gpu } from '../gpu/device.ts'
import { stretchOf, type Stretch } from '../gpu/stretch.ts'
import type { CacheStorage } from '../api/settings.ts'
import { inLayer } from '../model/layer_shape.ts'
import {
  layerBytes,
  mostSlots,
  rowBytes,
  slotWords,
  slotWordsBytes,
  sumOf,
  type CacheShape,
  type Capacities,
} from '../plan/cache_bytes.ts'
import { bytesOfShape, stateShapes, type StateName, type StateShape } from '../plan/state_bytes.ts'

export interface LayerBuffers {
  /** (kv head, slot, row), before rotation */
  readonly keys: GPUBuffer
  /** (kv head, slot, row) */
  readonly values: GPUBuffer
  /** (kv head, slot), f32, out of the buffer of all layers */
  readonly scores: Stretch
  /** (kv head, slot), u32: the token's index in the prompt */
  readonly origins: GPUBuffer
}

/** The slots of one KV head. */
export interface HeadCache {
  /** of its slot 0 among all slots of the layer */
  readonly offset: number
  /** slots reserved */
  readonly capacity: number
  /** slots in use */
  occupied: number
  /** of these, first … end − 1 are merged slots: weighted sums of several tokens */
  merged: { readonly first: number; readonly end: number }
}

export interface LayerCache extends LayerBuffers {
  /** (kv head) */
  readonly heads: readonly HeadCache[]
}

/** What a layer keeps besides units, f32: of the document, and behind it of what follows the document. */
export interface LayerState {
  /**
   * (document or tail, token mod ring, channel): inputs of a convolution. It reads those of the newest tokens alone, and
   * those of tokens before the text's first are zero.
   */
  readonly inputs?: GPUBuffer
  /** (document or tail, value head, key size, value size), of a delta net; what it was before a text is of no account */
  readonly associations?: GPUBuffer
}

export interface Cache {
  /** (layer); one without attention, or with that of an earlier layer, has no heads */
  readonly layers: readonly LayerCache[]
  /** (layer); none in a layer of attention */
  readonly states: readonly LayerState[]
  /** tokens from this on follow the document, whose states stay as they are */
  tailFrom: number
  /** (layer, kv head, slot), f32 */
  readonly scores: GPUBuffer
  /** (slot): 0, 1, 2 … — the rotary positions in `slot` mode, one row for all heads of all layers */
  readonly slotPositions: GPUBuffer
  /** tokens seen so far: the origin of the next one */
  seen: number
}

/** Every KV head of every layer. */
export function headsOf({ layers }: Cache): HeadCache[] {
  return layers.flatMap(({ heads }) => heads)
}

/** A state of a layer. */
export interface NamedState {
  readonly layer: number
  readonly name: StateName
  readonly buffer: GPUBuffer
  /** of what it holds of the document */
  readonly shape: readonly number[]
}

/** Those of all layers. */
export function statesOf({ states }: Pick<Cache, 'states'>, model: StateShape): NamedState[] {
  return states.flatMap((state, layer) => {
    const kind = model.kinds[layer] ?? 'attention'
    return stateShapes(model, kind).flatMap(({ name, shape }) => {
      const buffer = state[name]
      return buffer ? [{ layer, name, buffer, shape }] : []
    })
  })
}

export function capacitiesOf({ layers }: Cache): Capacities {
  return layers.map(({ heads }) => heads.map(({ capacity }) => capacity))
}

/** While a document is read nothing follows it: the largest u32. */
export const noTail = 2 ** 32 - 1

/** The state of the cache before an answer, to which it is restored afterwards. */
export interface InUse {
  /** (layer, kv head): see HeadCache */
  readonly heads: readonly (readonly Pick<HeadCache, 'occupied' | 'merged'>[])[]
  readonly seen: number
}

export function inUse({ layers, seen }: Cache): InUse {
  const heads = layers.map((layer) =>
    layer.heads.map(({ occupied, merged }) => ({ occupied, merged })),
  )
  return { heads, seen }
}

/** Tokens from now on follow the document, until `backTo` drops them. @returns what the cache holds of the document */
export function beginTail(cache: Cache): InUse {
  cache.tailFrom = cache.seen
  return inUse(cache)
}

/** Drops everything. */
export function emptyCache(cache: Cache): void {
  for (const head of headsOf(cache)) {
    head.occupied = 0
    head.merged = { first: 0, end: 0 }
  }
  cache.seen = 0
  cache.tailFrom = noTail
}

/** Drops the units appended since `inUse` was taken. Those before must be unchanged. */
export function backTo(cache: Cache, { heads, seen }: InUse): void {
  cache.layers.forEach((layer, i) =>
    layer.heads.forEach((head, kvHead) => Object.assign(head, heads[i]?.[kvHead])),
  )
  cache.seen = seen
  cache.tailFrom = noTail
}

/** Drops the newest units of every KV head. */
export function dropNewest(cache: Cache, units: number): void {
  for (const head of headsOf(cache)) head.occupied -= units
  cache.seen -= units
}

export function allocateCache(
  gpu: Gpu,
  model: CacheShape,
  capacities: Capacities,
  storage: CacheStorage,
): Cache {
  const states = model.kinds.map((kind, layer): LayerState => {
    const named = stateShapes(model, kind).map(({ name, shape }) => [
      name,
      gpu.memory.allocate('cache', `${name} of layer ${layer}`, 2 * bytesOfShape(shape)),
    ])
    return Object.fromEntries(named) as LayerState
  })
  const units = allocateUnits(gpu, model, capacities, storage)
  return { ...units, states, tailFrom: noTail, seen: 0 }
}

/** What grows with the slots there are. */
type Units = Pick<Cache, 'layers' | 'scores' | 'slotPositions'>

function allocateUnits(
  gpu: Gpu,
  model: CacheShape,
  capacities: Capacities,
  storage: CacheStorage,
): Units {
  const slots = mostSlots(capacities)
  const slotPositions = gpu.memory.allocate('cache', 'slot positions', 4 * slots)
  gpu.device.queue.writeBuffer(
    slotPositions,
    0,
    Uint32Array.from({ length: slots }, (_, slot) => slot),
  )
  const scores = gpu.memory.allocate('cache', 'scores', slotWordsBytes(capacities))
  const layers = slotWords(capacities).map((stretch, layer) => {
    const slotsOfHeads = capacities[layer] ?? []
    const bytes = layerBytes(inLayer(model, layer), sumOf(slotsOfHeads), storage)
    const allocate = (name: keyof typeof bytes) =>
      gpu.memory.allocate('cache', `${name} of layer ${layer}`, bytes[name])
    return {
      keys: allocate('keys'),
      values: allocate('values'),
      scores: { buffer: scores, ...stretch },
      origins: allocate('origins'),
      heads: emptyHeads(slotsOfHeads),
    }
  })
  return { layers, scores, slotPositions }
}

/** @param capacities (kv head) */
function emptyHeads(capacities: readonly number[]): HeadCache[] {
  let offset = 0
  return capacities.map((capacity) => {
    const head = { offset, capacity, occupied: 0, merged: { first: 0, end: 0 } }
    offset += capacity
    return head
  })
}

export function freeCache(gpu: Gpu, cache: Cache): void {
  for (const state of cache.states)
    for (const buffer of [state.inputs, state.associations]) if (buffer) gpu.memory.free(buffer)
  freeUnits(gpu, cache)
}

function freeUnits(gpu: Gpu, cache: Units): void {
  gpu.memory.free(cache.slotPositions)
  gpu.memory.free(cache.scores)
  for (const layer of cache.layers) {
    for (const buffer of [layer.keys, layer.values, layer.origins]) {
      gpu.memory.free(buffer)
    }
  }
}

/**
 * A larger cache with the same contents. Frees the old one. Only the `full` policy grows.
 * @param capacity slots of every KV head in every layer, more than any of `cache` has
 */
export function growCache(
  gpu: Gpu,
  model: CacheShape,
  cache: Cache,
  capacity: number,
  storage: CacheStorage,
): Cache {
  const capacities = cache.layers.map(({ heads }) => heads.map(() => capacity))
  const grown = allocateUnits(gpu, model, capacities, storage)
  const encoder = gpu.device.createCommandEncoder()
  cache.layers.forEach((from, layer) => {
    const to = grown.layers[layer]
    if (!to) return
    const row = rowBytes(inLayer(model, layer).headSize, storage)
    from.heads.forEach((old, kvHead) => {
      const head = to.heads[kvHead]
      if (!head) return
      head.occupied = old.occupied
      const copy = (name: keyof LayerBuffers, bytes: number) => {
        const [source, target] = [stretchOf(from[name]), stretchOf(to[name])]
        encoder.copyBufferToBuffer(
          source.buffer,
          source.offset + old.offset * bytes,
          target.buffer,
          target.offset + head.offset * bytes,
          old.occupied * bytes,
        )
      }
      copy('keys', row)
      copy('values', row)
      copy('scores', 4)
      copy('origins', 4)
    })
  })
  gpu.device.queue.submit([encoder.finish()])
  freeUnits(gpu, cache)
  return { ...cache, ...grown }
}
