// A filled cache and a block of queries at its end, on the GPU and for the reference: what the attention tests start from.
import { at } from '../../reference/at.ts'
import { emptyCache, type AttentionShape, type LayerCache } from '../../reference/model.ts'
import { turnTable } from '../engine/turns.ts'
import { plainRotary } from '../model/rotary_config.ts'
import { padded } from '../model/matrix.ts'
import type { CacheStorage } from '../gpu/kernel.ts'
import type { TestGpu } from './gpu.ts'
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

/** Full attention, all of whose dimensions rotate, but for `changes`. */
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

/** What the kernels are told of how q · k becomes a score. */
export function scoring({ attentionScale, attentionCap, window = 2 ** 32 - 1 }: AttentionShape) {
  return { scale: attentionScale, cap: attentionCap ?? 0, window }
}

/** Random keys and values in the first `occupied` of `slots` slots; what lies behind is NaN and may not be read. */
export function filledCache(
  shape: AttentionShape,
  slots: number,
  occupied: number,
  storage: CacheStorage,
): LayerCache {
  const { headSize } = shape
  const cache = emptyCache(shape, slots)
  // what codes leave of a row is known when it is uploaded
  const left = (values: Float32Array) => (storage === 'f16' ? stored(values, storage) : values)
  cache.keys.set(left(randomValues(cache.keys.length, 1)).map((key) => 2 * key))
  cache.values.set(left(randomValues(cache.values.length, 2)))
  for (let kvHead = 0; kvHead < shape.kvHeads; kvHead++) {
    const end = (kvHead + 1) * slots * headSize
    const free = end - (slots - occupied) * headSize
    cache.keys.fill(NaN, free, end)
    cache.values.fill(NaN, free, end)
  }
  return cache
}

/** Queries in the newest slots of a filled cache, and where their keys are turned to. */
export interface Block {
  readonly rows: number
  readonly firstSlot: number
  /** of the newest slots' tokens, where positions are those in the document; undefined where they are slots */
  readonly firstOrigin?: number | undefined
}

/** A block of random queries for the reference and, as `place` and `buffers`, for the kernels. */
export function attendedBlock(
  gpu: TestGpu,
  shape: AttentionShape,
  storage: CacheStorage,
  { rows, firstSlot, firstOrigin }: Block,
) {
  const width = qkvWidth(shape)
  const slots = firstSlot + rows + 3
  const cache = filledCache(shape, slots, firstSlot + rows, storage)
  const isOriginal = firstOrigin !== undefined
  const positions = isOriginal
    ? scatteredPositions(shape, slots, firstOrigin)
    : slotPositions(shape, slots)
  const firstPosition = firstOrigin ?? firstSlot
  const qkv = randomValues(rows * width, 4).map((value) => 3 * value)
  return {
    qkv,
    cache,
    positions,
    firstPosition,
    place: {
      first_slot: firstSlot,
      first_position: firstPosition,
      capacity: slots,
      position_stride: isOriginal ? slots : 0,
      qkv_width: padded(width),
      ...scoring(shape),
    },
    buffers: {
      qkv: gpu.uploadRows(qkv, width),
      ...uploadAttended(gpu, shape, cache, positions, storage),
    },
  }
}

/** The buffers that attend_chunk and attend_token read a cache by. */
export function uploadAttended(
  gpu: TestGpu,
  shape: AttentionShape,
  cache: LayerCache,
  positions: Uint32Array,
  storage: CacheStorage,
): Record<'keys' | 'values' | 'positions' | 'turns', GPUBuffer> {
  return {
    keys: gpu.uploadCache(cache.keys, shape.headSize, storage),
    values: gpu.uploadCache(cache.values, shape.headSize, storage),
    positions: gpu.upload(positions),
    turns: gpu.upload(turnTable(shape.headSize, shape.rotary, 0)),
  }
}

/** (kvHead, slot): every slot its own index */
export function slotPositions({ kvHeads }: AttentionShape, slots: number): Uint32Array {
  return Uint32Array.from({ length: kvHeads * slots }, (_, i) => i % slots)
}

/** (kvHead, slot): ascending up to about `last`, other ones in every head */
export function scatteredPositions(
  { kvHeads }: AttentionShape,
  slots: number,
  last: number,
): Uint32Array {
  const gaps = randomValues(kvHeads * slots, 3)
  return Uint32Array.from({ length: kvHeads * slots }, (_, i) =>
    Math.floor((last * ((i % slots) + 0.4 * at(gaps, i) + 0.5)) / slots),
  )
}
