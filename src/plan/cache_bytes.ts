// Bytes of the fixed buffer: of a row, a slot, a layer and the whole cache, as forward/cache.ts allocates it.
import type { ModelDescription } from '../api/description.ts'
import type { CacheStorage } from '../api/settings.ts'
import { ceilDiv } from '../gpu/kernel.ts'
import { bufferBytes } from '../gpu/memory.ts'
import { attentionLayers } from '../model/layer_kinds.ts'
import { inLayer, kvHeadsOf } from '../model/layer_shape.ts'
import { stretchAlignment, type Stretch } from '../gpu/stretch.ts'
import { stateBytes, type StateShape } from './state_bytes.ts'

export type CacheShape = Pick<ModelDescription, 'kvHeads' | 'headSize' | 'shapes'> & StateShape

/** Values a row of one head takes up: a multiple of 8. */
export function paddedHead(headSize: number): number {
  return ceilDiv(headSize, 8) * 8
}

/** Bytes of a row, which is one head's key or value of one token. Rows of codes begin with their range. */
export function rowBytes(headSize: number, storage: CacheStorage): number {
  const eights = paddedHead(headSize) / 8
  switch (storage) {
    case 'f32':
      return 32 * eights
    case 'f16':
      return 16 * eights
    case 'int8':
      return 8 * (1 + eights)
    case 'int4':
      return 4 * (1 + eights)
  }
}

/** How keys are stored once they are turned to their positions: as halves over a cache in f16, else exactly. */
export function turnedStorage(cache: CacheStorage): 'f16' | 'f32' {
  return cache === 'f16' ? 'f16' : 'f32'
}

/** Bytes of a key that is turned to its position. */
export function turnedBytes(headSize: number, cache: CacheStorage): number {
  return rowBytes(headSize, turnedStorage(cache))
}

/** Slots reserved. Shape: (layers, KV heads). */
export type Capacities = readonly (readonly number[])[]

/** As many slots in every KV head of a layer. */
export function inEveryHead({ kvHeads }: Pick<CacheShape, 'kvHeads'>, slots: number): number[] {
  return Array.from({ length: kvHeads }, () => slots)
}

/** Slots of the KV head that has most. */
export function mostSlots(capacities: Capacities): number {
  return Math.max(...capacities.flat())
}

/** Slots of all KV heads together, in the layer that has most. */
export function mostLayerSlots(capacities: Capacities): number {
  return Math.max(...capacities.map(sumOf))
}

export function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0)
}

/** Bytes of every buffer of one layer. @param rows slots of all its KV heads */
export function layerBytes(
  { headSize }: Pick<CacheShape, 'headSize'>,
  rows: number,
  storage: CacheStorage,
): Record<'keys' | 'values' | 'origins', number> {
  const row = rowBytes(headSize, storage)
  return { keys: rows * row, values: rows * row, origins: 4 * rows }
}

/** (layer): where a word for every slot of the layer lies in one buffer for all layers. */
export function slotWords(capacities: Capacities): Omit<Stretch, 'buffer'>[] {
  let next = 0
  return capacities.map((heads) => {
    const stretch = { offset: next, size: 4 * sumOf(heads) }
    next += stretchAlignment * ceilDiv(stretch.size, stretchAlignment)
    return stretch
  })
}

/** Bytes of that buffer. */
export function slotWordsBytes(capacities: Capacities): number {
  const last = slotWords(capacities).at(-1)
  return last ? last.offset + last.size : 0
}

/** Bytes of the whole cache, as `allocateCache` takes them. */
export function cacheBytes(
  model: CacheShape,
  capacities: Capacities,
  storage: CacheStorage,
): number {
  const ofLayers = capacities.flatMap((heads, layer) =>
    Object.values(layerBytes(inLayer(model, layer), sumOf(heads), storage)),
  )
  return [
    ...ofLayers,
    ...stateBytes(model),
    slotWordsBytes(capacities),
    4 * mostSlots(capacities),
  ].reduce((sum, bytes) => sum + bufferBytes(bytes), 0)
}

/**
 * Counts the bytes of one token's keys and values in all layers: what a cache that keeps everything grows by.
 * @throws Nothing.
 */
export function keyValueBytes(
  model: Pick<CacheShape, 'kinds' | 'kvHeads' | 'headSize' | 'shapes'>,
  storage: CacheStorage,
): number {
  return sumOf(
    attentionLayers(model).map((layer) => {
      const { kvHeads, headSize } = inLayer(model, layer)
      return kvHeads * 2 * rowBytes(headSize, storage)
    }),
  )
}

/** Bytes of one slot in all layers: keys and values, scores and origins. */
export function slotBytes(
  model: Pick<CacheShape, 'kinds' | 'kvHeads' | 'headSize' | 'shapes'>,
  storage: CacheStorage,
): number {
  return keyValueBytes(model, storage) + kvHeadsOf(model) * 8
}
