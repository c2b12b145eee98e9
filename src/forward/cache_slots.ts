// The bytes of the slots in use, and of states, out of a layer's buffers and back. Slots in use of a KV head are one
// stretch; those of a layer's heads follow one another.
import type { Settings } from '../api/settings.ts'
import { readBuffer } from '../gpu/readback.ts'
import { stretchOf } from '../gpu/stretch.ts'
import { inLayer } from '../model/layer_shape.ts'
import { rowBytes, type CacheShape } from '../plan/cache_bytes.ts'
import type { LayerBuffers, LayerCache } from './cache.ts'

export const slotBuffers: readonly (keyof LayerBuffers)[] = ['keys', 'values', 'scores', 'origins']

/** Bytes of one slot of a KV head in each of a layer's buffers. */
export function slotWidths(
  {
    model,
    settings,
  }: {
    readonly model: Pick<CacheShape, 'headSize' | 'shapes'>
    readonly settings: Pick<Settings, 'storage'>
  },
  layer: number,
): Record<keyof LayerBuffers, number> {
  const row = rowBytes(inLayer(model, layer).headSize, settings.storage.cache)
  return { keys: row, values: row, scores: 4, origins: 4 }
}

/** Bytes that leave the GPU at once. */
const portionBytes = 4 * 2 ** 20

/** (KV head, slot in use, row), in portions. @param width see slotWidths */
export async function* readSlots(
  device: GPUDevice,
  layer: LayerCache,
  name: keyof LayerBuffers,
  width: number,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const most = Math.max(1, Math.floor(portionBytes / width))
  const { buffer, offset: first } = stretchOf(layer[name])
  for (const { offset, occupied } of layer.heads) {
    for (let slot = 0; slot < occupied; slot += most) {
      const bytes = Math.min(most, occupied - slot) * width
      const from = first + (offset + slot) * width
      yield new Uint8Array(await readBuffer(device, buffer, from, bytes))
    }
  }
}

/** What a state keeps of the document, which lies in its first half; in portions. */
export async function* readDocumentState(
  device: GPUDevice,
  state: GPUBuffer,
  bytes: number,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  for (let from = 0; from < bytes; from += portionBytes) {
    const most = Math.min(portionBytes, bytes - from)
    yield new Uint8Array(await readBuffer(device, state, from, most))
  }
}

/**
 * The inverse of `readSlots`; resolves when the GPU has all of it.
 * @param width see slotWidths
 * @param portions of any size, whole words
 */
export async function writeSlots(
  { queue }: GPUDevice,
  layer: LayerCache,
  name: keyof LayerBuffers,
  width: number,
  portions: AsyncIterable<Uint8Array<ArrayBuffer>>,
): Promise<void> {
  const { buffer, offset: first } = stretchOf(layer[name])
  const stretches = layer.heads
    .map(({ offset, occupied }) => ({ at: first + offset * width, left: occupied * width }))
    .filter(({ left }) => left > 0)
  for await (const portion of portions) {
    for (let taken = 0; taken < portion.length;) {
      const [stretch] = stretches
      if (!stretch) throw new RangeError(`${name} have more bytes than slots in use`)
      const bytes = Math.min(stretch.left, portion.length - taken)
      queue.writeBuffer(buffer, stretch.at, portion, taken, bytes)
      stretch.at += bytes
      stretch.left -= bytes
      taken += bytes
      if (stretch.left === 0) stretches.shift()
    }
  }
  await queue.onSubmittedWorkDone() // the browser's copies of what was written are bounded so
}
