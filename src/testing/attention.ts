// A filled cache and a block of queries at its end, on the GPU and for the reference: set-up of the attention tests.
import { at } from '../../reference/at.ts'
import { emptyCache, type AttentionShape, type LayerCache } from '../../reference/model.ts'
import { keyPositions } from '../../reference/positions.ts'
import { turnKeys } from '../../reference/turn_keys.ts'
import { ropeTable } from '../plan/rope_table.ts'
import { turnedStorage } from '../plan/cache_bytes.ts'
import { plainRotary } from '../model/rotary_config.ts'
import { padded } from '../model/matrix.ts'
import type { CacheStorage } from '../api/settings.ts'
import { spansOfRows } from '../kernels/attend_chunk.ts'
import { tolerance, type TestGpu } from './gpu.ts'
import { headRowsOf, unequal } from './heads.ts'
import { randomValues } from './random.ts'
import { stored } from './rows.ts'

/** Constants of the attention kernels. */
export interface HeadConstants {
  readonly HEADS: number
  readonly KV_HEADS: number
  readonly HEAD_SIZE: number
}

export function headConstants({ heads, kvHeads, headSize }: AttentionShape): HeadConstants {
  return { HEADS: heads, KV_HEADS: kvHeads, HEAD_SIZE: headSize }
}

/** Values in a row of [q; k; v]. */
export function qkvWidth({ heads, kvHeads, headSize }: AttentionShape): number {
  return (heads + 2 * kvHeads) * headSize
}

/** Full attention that rotates all dimensions, with `changes`. */
export function attentionShape(
  heads: number,
  kvHeads: number,
  headSize: number,
  changes: Partial<AttentionShape> = {},
): AttentionShape {
  return {
    heads,
    kvHeads,
    headSize,
    attentionScale: 1 / Math.sqrt(headSize),
    attentionCap: undefined,
    rotary: plainRotary(10_000, headSize),
    window: undefined,
    ...changes,
  }
}

/** What attention of a block may be off by: its turned keys and shares are halves over a cache in f16. */
export function attentionTolerance(storage: CacheStorage): number {
  return storage === 'f16' ? tolerance.half : tolerance.attention
}

/** The kernels' parameters for attention scores. */
export function scoring({ attentionScale, attentionCap, window = 2 ** 32 - 1 }: AttentionShape) {
  return { scale: attentionScale, cap: attentionCap ?? 0, window }
}

/**
 * Random keys and values in the slots in use. Other slots hold NaN and may not be read.
 * @param slots (kv head)
 * @param occupied (kv head)
 */
export function filledCache(
  shape: AttentionShape,
  slots: readonly number[],
  occupied: readonly number[],
  storage: CacheStorage,
): LayerCache {
  const { headSize } = shape
  const cache = emptyCache(shape, slots)
  // the loss by codes is known after the upload
  const left = (values: Float32Array) => (storage === 'f16' ? stored(values, storage) : values)
  cache.keys.set(left(randomValues(cache.keys.length, 1)).map((key) => 2 * key))
  cache.values.set(left(randomValues(cache.values.length, 2)))
  cache.heads.forEach((head, kvHead) => {
    head.occupied = at(occupied, kvHead)
    const end = (head.offset + head.slots) * headSize
    const free = (head.offset + head.occupied) * headSize
    cache.keys.fill(NaN, free, end)
    cache.values.fill(NaN, free, end)
  })
  return cache
}

/** Queries in the newest slots of a filled cache, and the positions of their keys. */
export interface Block {
  readonly rows: number
  /** of the first KV head; the others have many more before it */
  readonly firstSlot: number
  /** origin of the first of the newest slots, with original positions; undefined with slot positions */
  readonly firstOrigin?: number | undefined
}

/** A block of random queries for the reference and, as `params` and `buffers`, for the kernels: every KV head in one span. */
export function attendedBlock(
  gpu: TestGpu,
  shape: AttentionShape,
  storage: CacheStorage,
  { rows, firstSlot, firstOrigin }: Block,
) {
  const width = qkvWidth(shape)
  const firstSlots = unequal(shape.kvHeads, firstSlot)
  const occupied = firstSlots.map((slot) => slot + rows)
  const cache = filledCache(
    shape,
    occupied.map((slots) => slots + 3),
    occupied,
    storage,
  )
  const isOriginal = firstOrigin !== undefined
  const positions = isOriginal
    ? scatteredPositions(cache, firstOrigin, rows)
    : keyPositions('slot', cache)
  const qkv = randomValues(rows * width, 4).map((value) => 3 * value)
  const buffers = {
    qkv: gpu.uploadRows(qkv, width),
    ...uploadAttended(gpu, shape, cache, isOriginal ? positions : slotPositions(cache), storage),
  }
  return {
    qkv,
    cache,
    positions,
    firstSlots,
    params: {
      own_positions: isOriginal ? 1 : 0,
      qkv_width: padded(width),
      ...scoring(shape),
      heads: spansOfRows(headRowsOf(cache, firstSlots), [], Infinity, 1),
    },
    buffers: {
      ...buffers,
      turned: uploadTurned(gpu, shape, cache, positions, firstSlots, storage),
    },
  }
}

/**
 * The keys that rows from `firstSlots` to the last slot in use see, turned. Other slots hold NaN and may not be read.
 * @param positions (kv head, slot)
 */
export function uploadTurned(
  gpu: TestGpu,
  shape: AttentionShape,
  cache: LayerCache,
  positions: Uint32Array,
  firstSlots: readonly number[],
  storage: CacheStorage,
): GPUBuffer {
  const { headSize, window = Infinity } = shape
  const occupied = cache.heads.map((head) => head.occupied)
  const turned = turnKeys(cache, positions, shape, occupied)
  cache.heads.forEach(({ offset, slots }, kvHead) => {
    const unseen = Math.max(0, at(firstSlots, kvHead) + 1 - window)
    turned.fill(NaN, offset * headSize, (offset + unseen) * headSize)
    turned.fill(NaN, (offset + at(occupied, kvHead)) * headSize, (offset + slots) * headSize)
  })
  return gpu.uploadCache(turned, headSize, turnedStorage(storage))
}

/** The cache buffers of the attention kernels. */
export function uploadAttended(
  gpu: TestGpu,
  shape: AttentionShape,
  cache: LayerCache,
  positions: Uint32Array,
  storage: CacheStorage,
): Record<'keys' | 'values' | 'positions' | 'rope_table' | 'turned_norms', GPUBuffer> {
  return {
    keys: gpu.uploadCache(cache.keys, shape.headSize, storage),
    values: gpu.uploadCache(cache.values, shape.headSize, storage),
    positions: gpu.upload(positions),
    rope_table: gpu.upload(ropeTable(shape.headSize, shape.rotary, 0)),
    turned_norms: gpu.upload(turnedNorms(shape)),
  }
}

function turnedNorms({ headSize, turnedNorms: norms }: AttentionShape): Float32Array {
  if (!norms) return new Float32Array(2 * headSize).fill(1)
  return Float32Array.from([...norms.query, ...norms.key])
}

/** Weights of norms of turned heads that differ within every rotary pair, some negative. */
export function randomTurnedNorms(headSize: number): AttentionShape['turnedNorms'] {
  return { query: randomValues(headSize, 21), key: randomValues(headSize, 22) }
}

/** (slot): every slot its own index, one row for all KV heads */
export function slotPositions({ heads }: LayerCache): Uint32Array {
  const slots = Math.max(...heads.map((head) => head.slots))
  return Uint32Array.from({ length: slots }, (_, slot) => slot)
}

/** (kvHead, slot): ascending up to about `last`, different in every head; then consecutive in the newest `rows` */
export function scatteredPositions(
  { heads, origins }: LayerCache,
  last: number,
  rows: number,
): Uint32Array {
  const gaps = randomValues(origins.length, 3)
  const positions = new Uint32Array(origins.length)
  for (const { offset, slots, occupied } of heads) {
    for (let slot = 0; slot < slots; slot++) {
      const newest = slot - (occupied - rows)
      positions[offset + slot] =
        newest >= 0
          ? last + newest
          : Math.floor((last * (slot + 0.4 * at(gaps, offset + slot) + 0.5)) / slots)
    }
  }
  return positions
}
