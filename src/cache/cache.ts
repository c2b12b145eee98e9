// The fixed buffer: for every layer the keys (before rotation), values, scores and origins of the tokens it still holds,
// allocated once. Slots 0 … occupied − 1 are in use, in document order, the same number in every layer and KV head.
import type { Gpu } from '../gpu/device.ts'
import { ceilDiv, type Storage } from '../gpu/kernel.ts'
import type { ModelDescription } from '../model/description.ts'
import { bytesPerValue } from '../model/matrix.ts'

export interface LayerCache {
  /** (kv head, slot, padded head size), before rotation */
  readonly keys: GPUBuffer
  /** (kv head, slot, padded head size) */
  readonly values: GPUBuffer
  /** (kv head, slot), f32 */
  readonly scores: GPUBuffer
  /** (kv head, slot), u32: the token's index in the prompt */
  readonly origins: GPUBuffer
}

export interface Cache {
  readonly capacity: number
  readonly layers: readonly LayerCache[]
  /** (slot): 0, 1, 2 … — the rotary positions in `slot` mode, one row for all heads */
  readonly slotPositions: GPUBuffer
  /** slots in use */
  occupied: number
  /** tokens seen so far: the origin of the next one */
  seen: number
}

type CacheShape = Pick<ModelDescription, 'kvHeads' | 'headSize' | 'layers'>

/** Values a cache row of one head takes up: a multiple of 8. */
export function paddedHead(headSize: number): number {
  return ceilDiv(headSize, 8) * 8
}

/** Bytes of every buffer of one layer. */
function layerBytes(
  { kvHeads, headSize }: CacheShape,
  capacity: number,
  storage: Storage,
): Record<keyof LayerCache, number> {
  const rows = kvHeads * capacity
  const row = paddedHead(headSize) * bytesPerValue(storage)
  return { keys: rows * row, values: rows * row, scores: 4 * rows, origins: 4 * rows }
}

/** Bytes of the whole cache, as `allocateCache` takes them. */
export function cacheBytes(model: CacheShape, capacity: number, storage: Storage): number {
  const layer = Object.values(layerBytes(model, capacity, storage))
  return (
    model.layers * layer.reduce((sum, bytes) => sum + round16(bytes), 0) + round16(4 * capacity)
  )
}

/** Bytes one token adds to a cache that keeps everything. */
export function bytesPerToken({ layers, kvHeads, headSize }: CacheShape, storage: Storage): number {
  return layers * kvHeads * (2 * paddedHead(headSize) * bytesPerValue(storage) + 8)
}

export function allocateCache(
  gpu: Gpu,
  model: CacheShape,
  capacity: number,
  storage: Storage,
): Cache {
  const bytes = layerBytes(model, capacity, storage)
  const allocate = (name: keyof LayerCache, layer: number) =>
    gpu.memory.allocate('cache', `${name} of layer ${layer}`, bytes[name])
  const slotPositions = gpu.memory.allocate('cache', 'slot positions', 4 * capacity)
  gpu.device.queue.writeBuffer(
    slotPositions,
    0,
    Uint32Array.from({ length: capacity }, (_, slot) => slot),
  )
  return {
    capacity,
    layers: Array.from({ length: model.layers }, (_, layer) => ({
      keys: allocate('keys', layer),
      values: allocate('values', layer),
      scores: allocate('scores', layer),
      origins: allocate('origins', layer),
    })),
    slotPositions,
    occupied: 0,
    seen: 0,
  }
}

export function freeCache(gpu: Gpu, cache: Cache): void {
  gpu.memory.free(cache.slotPositions)
  for (const layer of cache.layers) {
    for (const buffer of [layer.keys, layer.values, layer.scores, layer.origins]) {
      gpu.memory.free(buffer)
    }
  }
}

/**
 * A larger cache with the same contents; the old one is freed. Only the `full` policy grows.
 * @param capacity slots, more than `cache` has
 */
export function growCache(
  gpu: Gpu,
  model: CacheShape,
  cache: Cache,
  capacity: number,
  storage: Storage,
): Cache {
  const grown = allocateCache(gpu, model, capacity, storage)
  const row = paddedHead(model.headSize) * bytesPerValue(storage)
  const encoder = gpu.device.createCommandEncoder()
  cache.layers.forEach((from, layer) => {
    const to = grown.layers[layer]
    if (!to) return
    for (let head = 0; head < model.kvHeads; head++) {
      const copy = (name: keyof LayerCache, bytes: number) =>
        encoder.copyBufferToBuffer(
          from[name],
          head * cache.capacity * bytes,
          to[name],
          head * capacity * bytes,
          cache.occupied * bytes,
        )
      copy('keys', row)
      copy('values', row)
      copy('scores', 4)
      copy('origins', 4)
    }
  })
  gpu.device.queue.submit([encoder.finish()])
  freeCache(gpu, cache)
  return { ...grown, occupied: cache.occupied, seen: cache.seen }
}

function round16(bytes: number): number {
  return Math.max(16, Math.ceil(bytes / 16) * 16)
}
