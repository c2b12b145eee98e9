// Units leave the GPU while the next block runs. Every layer packs the keys (before rotation) and values of a block's tokens
// as rows of the store and copies them to a staging buffer. Once the block is submitted the buffer is mapped, and its rows go
// to the store while the next block fills the other one.
import type { CompiledOf } from '../gpu/kernel.ts'
import { mapRead, readbackUsage, type GpuMemory } from '../gpu/memory.ts'
import { appendGrid, type append } from '../kernels/append.ts'
import { rowBytes } from '../plan/cache_bytes.ts'
import {
  blocksUnderWay,
  tokenBytes,
  type RecallShape,
  type recallBytes,
} from '../plan/recall_shape.ts'
import { qkvWidth, type Layer } from '../forward/layer.ts'
import type { UnitStore } from './unit_store.ts'

export interface UnitRing {
  /** Records what takes a layer's new units to the staging buffer of the block under way. */
  readonly take: (layer: Layer) => void
  /** The block is submitted: its units go to the store. Resolves when the next block may be recorded. */
  readonly sent: (tokens: number) => Promise<void>
  /** Resolves when the units of all blocks are in the store. */
  readonly settled: () => Promise<void>
  /** Staging that is free once settled, for whoever else reads back. */
  readonly staging: GPUBuffer
}

/** @param kernel `append`, compiled for the storage of the rows outside */
export function createUnitRing(
  memory: GpuMemory,
  shape: RecallShape,
  bytes: ReturnType<typeof recallBytes>,
  kernel: CompiledOf<(typeof append)['f32']>,
  store: UnitStore,
): UnitRing {
  const keys = memory.allocate('scratch', 'leaving keys', bytes.leavingKeys) // (kv head, token, row)
  const values = memory.allocate('scratch', 'leaving values', bytes.leavingValues) // (kv head, token, row)
  const origins = memory.allocate('scratch', 'leaving origins', bytes.leavingOrigins) // (kv head, token)
  const slots = Array.from({ length: blocksUnderWay }, (_, i) => ({
    // (layer, key or value, kv head, token, row)
    staging: memory.allocate('scratch', `leaving units ${i}`, bytes.leaving, readbackUsage),
    stored: Promise.resolve(),
  }))
  const { kvHeads, headSize, storage, layers } = shape
  const row = rowBytes(headSize, storage)
  let turn = 0

  const slotAt = (index: number) => {
    const slot = slots[index % slots.length]
    if (!slot) throw new Error('the ring of units has no slots')
    return slot
  }

  return {
    staging: slotAt(0).staging,
    take({ index, recorder, model, rows: { count }, scratch: { qkv } }) {
      const at = layers.indexOf(index)
      if (at < 0) return
      const heads = Array.from({ length: kvHeads }, (_, kvHead) => ({
        offset: kvHead * count,
        first_slot: 0,
      }))
      recorder.run(
        kernel,
        { first_origin: 0, qkv_width: qkvWidth(model), heads },
        { qkv, keys, values, origins },
        appendGrid(kvHeads, count),
      )
      const rows = kvHeads * count * row
      const { staging } = slotAt(turn)
      recorder.copy(keys, 0, staging, 2 * at * rows, rows)
      recorder.copy(values, 0, staging, (2 * at + 1) * rows, rows)
    },
    sent(tokens) {
      const slot = slotAt(turn)
      const earlier = slotAt(turn + slots.length - 1).stored
      const size = tokens * tokenBytes(shape)
      const mapped = slot.staging.mapAsync(mapRead, 0, size)
      slot.stored = Promise.all([mapped, earlier]).then(() => {
        store.append({ bytes: new Uint8Array(slot.staging.getMappedRange(0, size)), tokens })
        slot.staging.unmap()
      })
      slot.stored.catch(() => undefined) // whoever waits for the slot, or for all, is told
      turn++
      return slotAt(turn).stored
    },
    async settled() {
      await Promise.all(slots.map(({ stored }) => stored))
    },
  }
}
