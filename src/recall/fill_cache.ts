// Chosen units fill the first slots of the cache, in document order.
import type { Engine } from '../forward/engine.ts'
import type { CompiledOf } from '../gpu/kernel.ts'
import type { GpuMemory } from '../gpu/memory.ts'
import { restoreGrid, type restore } from '../kernels/restore.ts'
import { rowBytes } from '../plan/cache_bytes.ts'
import type { RecallShape, recallBytes } from '../plan/recall_shape.ts'
import type { RowKind, UnitStore } from './unit_store.ts'

export interface ChosenBuffers {
  /** (chosen unit of all KV heads, row) */
  readonly keys: GPUBuffer
  /** (chosen unit of all KV heads, row) */
  readonly values: GPUBuffer
}

export function allocateChosen(
  memory: GpuMemory,
  bytes: ReturnType<typeof recallBytes>,
): ChosenBuffers {
  return {
    keys: memory.allocate('scratch', 'chosen keys', bytes.chosenKeys),
    values: memory.allocate('scratch', 'chosen values', bytes.chosenValues),
  }
}

export interface Filling {
  readonly shape: RecallShape
  readonly store: UnitStore
  readonly chosen: ChosenBuffers
  /** from the store's rows to the cache's; undefined where they are the same */
  readonly restore: CompiledOf<(typeof restore)['int8']['f32']> | undefined
}

/**
 * Fills one layer; submitted.
 * @param index of the layer in the shape
 * @param units (KV head): tokens in ascending order, at most the head's budget
 */
export async function fillLayer(
  { gpu, recorder, cache, plan }: Engine,
  { shape, store, chosen, restore }: Filling,
  index: number,
  units: readonly Uint32Array<ArrayBuffer>[],
): Promise<void> {
  const { queue } = gpu.device
  const { headSize, kvHeads, storage } = shape
  const layer = cache.layers[shape.layers[index] ?? -1]
  if (!layer) throw new Error(`there is no layer ${index} to fill`)
  const row = rowBytes(headSize, storage)
  const gathered = async (kind: RowKind): Promise<Uint8Array<ArrayBuffer>> => {
    const rows = new Uint8Array(units.reduce((sum, own) => sum + own.length, 0) * row)
    let at = 0
    for (const [kvHead, own] of units.entries()) {
      await store.gather({ layer: index, kind, kvHead }, own, rows.subarray(at))
      at += own.length * row
    }
    return rows
  }
  const keys = await gathered('keys')
  const values = await gathered('values')
  let first = 0
  const heads = layer.heads.map((head, kvHead) => {
    const own = units[kvHead]
    if (!own) throw new Error(`no units are chosen for KV head ${kvHead}`)
    queue.writeBuffer(layer.origins, 4 * head.offset, own)
    head.occupied = own.length
    head.merged = { first: 0, end: 0 }
    const from = { first, count: own.length, offset: head.offset }
    first += own.length
    return from
  })
  if (restore) {
    queue.writeBuffer(chosen.keys, 0, keys)
    queue.writeBuffer(chosen.values, 0, values)
    recorder.run(
      restore,
      { heads },
      {
        cached_keys: layer.keys,
        keys: chosen.keys,
        values: chosen.values,
        cached_values: layer.values,
      },
      restoreGrid(Math.max(...heads.map(({ count }) => count)), plan.model.headSize, kvHeads),
    )
    recorder.submit() // before the next layer's rows overwrite these
    return
  }
  for (const { first: from, count, offset } of heads) {
    queue.writeBuffer(layer.keys, offset * row, keys, from * row, count * row)
    queue.writeBuffer(layer.values, offset * row, values, from * row, count * row)
  }
}
