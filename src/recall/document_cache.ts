// What the cache holds of the document, outside the GPU as well: an answer may then use the slots for something else.
import { headsOf, inUse, backTo, type InUse, type LayerBuffers } from '../forward/cache.ts'
import type { Engine } from '../forward/engine.ts'
import { rowBytes } from '../plan/cache_bytes.ts'

const MAP_READ_MODE = 1

export interface DocumentCache {
  readonly bytes: number
  /** Writes everything back to where it was. */
  readonly restore: (engine: Engine) => void
}

interface Part {
  readonly layer: number
  readonly name: keyof LayerBuffers
  readonly fromByte: number
  readonly bytes: Uint8Array<ArrayBuffer>
}

/**
 * Copies the slots in use, buffer by buffer.
 * @param staging for reading back, whatever its size
 */
export async function copyDocumentCache(
  { gpu, cache, plan }: Engine,
  staging: GPUBuffer,
): Promise<DocumentCache> {
  const state: InUse = inUse(cache)
  const row = rowBytes(plan.model.headSize, plan.settings.storage.cache)
  const widths = { keys: row, values: row, scores: 4, origins: 4 } as const
  const parts: Part[] = []
  for (const [layer, own] of cache.layers.entries()) {
    for (const { offset, occupied } of own.heads) {
      for (const name of ['keys', 'values', 'scores', 'origins'] as const) {
        const fromByte = offset * widths[name]
        const bytes = new Uint8Array(occupied * widths[name])
        await readInto(gpu.device, own[name], fromByte, bytes, staging)
        parts.push({ layer, name, fromByte, bytes })
      }
    }
  }
  return {
    bytes: parts.reduce((sum, { bytes }) => sum + bytes.length, 0),
    restore({ gpu: { device }, cache: into }) {
      for (const { layer, name, fromByte, bytes } of parts) {
        const buffer = into.layers[layer]?.[name]
        if (buffer) device.queue.writeBuffer(buffer, fromByte, bytes)
      }
      backTo(into, state)
    },
  }
}

/** Whether every unit that was read is still there. */
export function holdsAll({ cache }: Engine): boolean {
  return headsOf(cache).every(({ occupied }) => occupied === cache.seen)
}

async function readInto(
  device: GPUDevice,
  buffer: GPUBuffer,
  fromByte: number,
  into: Uint8Array,
  staging: GPUBuffer,
): Promise<void> {
  for (let done = 0; done < into.length; done += staging.size) {
    const bytes = Math.min(staging.size, into.length - done)
    const encoder = device.createCommandEncoder()
    encoder.copyBufferToBuffer(buffer, fromByte + done, staging, 0, bytes)
    device.queue.submit([encoder.finish()])
    await staging.mapAsync(MAP_READ_MODE, 0, bytes)
    into.set(new Uint8Array(staging.getMappedRange(0, bytes)), done)
    staging.unmap()
  }
}
