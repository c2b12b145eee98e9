// What the cache holds of the document, outside the GPU as well: an answer may then use the slots for something else.
import { headsOf, inUse, backTo, statesOf, type Cache, type InUse } from '../forward/cache.ts'
import type { Engine } from '../forward/engine.ts'
import { slotBuffers, slotWidths } from '../forward/cache_slots.ts'
import { bytesOfShape } from '../plan/state_bytes.ts'
import { mapRead } from '../gpu/memory.ts'
import { stretchOf } from '../gpu/stretch.ts'

export interface DocumentCache {
  readonly bytes: number
  /** Writes everything back to where it was. */
  readonly restore: (engine: Engine) => void
}

interface Part {
  /** where it lies; heads lie elsewhere once the policy `full` has grown the cache */
  readonly placeIn: (cache: Cache) => { readonly buffer: GPUBuffer; readonly at: number }
  readonly bytes: Uint8Array<ArrayBuffer>
}

/**
 * Copies the slots in use, and the document's states.
 * @param staging for reading back, whatever its size: it is filled, mapped and emptied until all is copied
 */
export async function copyDocumentCache(
  { gpu, cache, plan }: Engine,
  staging: GPUBuffer,
): Promise<DocumentCache> {
  const state: InUse = inUse(cache)
  const slots = cache.layers.flatMap(({ heads }, layer) => {
    const widths = slotWidths(plan, layer)
    return heads.flatMap(({ occupied }, kvHead) =>
      slotBuffers.map((name): Part => {
        const width = widths[name]
        const placeIn = ({ layers }: Cache) => {
          const own = layers[layer]
          if (!own) throw new Error(`there is no layer ${layer}`)
          const { buffer, offset } = stretchOf(own[name])
          return { buffer, at: offset + (own.heads[kvHead]?.offset ?? 0) * width }
        }
        return { placeIn, bytes: new Uint8Array(occupied * width) }
      }),
    )
  })
  const states = statesOf(cache, plan.model).map(({ buffer, shape }): Part => {
    const placeIn = () => ({ buffer, at: 0 })
    return { placeIn, bytes: new Uint8Array(bytesOfShape(shape)) }
  })
  const parts = [...slots, ...states]
  const pieces = parts.flatMap((part) => piecesOf(part, staging.size))
  while (pieces.length > 0) {
    const encoder = gpu.device.createCommandEncoder()
    const emptied: ((range: ArrayBuffer) => void)[] = []
    let filled = 0
    for (
      let next = pieces[0];
      next && filled + next.into.length <= staging.size;
      next = pieces[0]
    ) {
      const { part, from, into } = next
      const { buffer, at } = part.placeIn(cache)
      const to = filled
      encoder.copyBufferToBuffer(buffer, at + from, staging, to, into.length)
      emptied.push((range) => into.set(new Uint8Array(range, to, into.length)))
      filled += into.length
      pieces.shift()
    }
    gpu.device.queue.submit([encoder.finish()])
    await staging.mapAsync(mapRead)
    const range = staging.getMappedRange()
    emptied.forEach((empty) => empty(range))
    staging.unmap()
  }
  return {
    bytes: parts.reduce((sum, { bytes }) => sum + bytes.length, 0),
    restore({ gpu: { device }, cache: into }) {
      for (const part of parts) {
        const { buffer, at } = part.placeIn(into)
        device.queue.writeBuffer(buffer, at, part.bytes)
      }
      backTo(into, state)
    },
  }
}

/** A part in pieces that fit the staging buffer. */
function piecesOf(part: Part, most: number) {
  return Array.from({ length: Math.ceil(part.bytes.length / most) }, (_, i) => ({
    part,
    from: i * most,
    into: part.bytes.subarray(i * most, (i + 1) * most),
  }))
}

/** Whether every unit that was read is still there. */
export function holdsAll({ cache }: Engine): boolean {
  return headsOf(cache).every(({ occupied }) => occupied === cache.seen)
}
