// The ledger of GPU buffers: allocates and frees them, so that the bytes in use are a sum over live buffers.
import { LongtabError } from '../api/errors.ts'
import type { Memory } from '../api/progress.ts'
import { megabytesApart } from '../api/sizes.ts'

export type MemoryKind = 'weights' | 'cache' | 'scratch'

/** Bytes in live buffers by kind, and the highest total so far. */
export interface LiveBytes extends Readonly<Record<MemoryKind, number>> {
  readonly peak: number
}

export interface GpuMemory {
  /** A zero-filled buffer of `bufferBytes`. Throws `does-not-fit` beyond the device's buffer limits. */
  allocate(kind: MemoryKind, label: string, bytes: number, usage?: number): GPUBuffer
  free(buffer: GPUBuffer): void
  live(): LiveBytes
}

export function createMemory(device: GPUDevice): GpuMemory {
  const kinds = new Map<GPUBuffer, MemoryKind>()
  const bytes = { weights: 0, cache: 0, scratch: 0 }
  let peak = 0
  return {
    allocate(kind, label, size, usage = storageUsage) {
      const rounded = bufferBytes(size)
      const allowed = largestBuffer(device)
      if (rounded > allowed) {
        throw new LongtabError(
          'does-not-fit',
          `${label} ${needsButAllows(rounded, allowed)}; choose a smaller budget, chunk or model`,
        )
      }
      const buffer = device.createBuffer({ label, size: rounded, usage })
      kinds.set(buffer, kind)
      bytes[kind] += rounded
      peak = Math.max(peak, totalBytes(bytes))
      return buffer
    },
    free(buffer) {
      const kind = kinds.get(buffer)
      if (kind === undefined) return
      kinds.delete(buffer)
      bytes[kind] -= buffer.size
      buffer.destroy()
    },
    live: () => ({ ...bytes, peak }),
  }
}

/** Bytes of a buffer for `bytes`: whole vec4s, at least one. */
export function bufferBytes(bytes: number): number {
  return Math.max(16, Math.ceil(bytes / 16) * 16)
}

/** Bytes that one binding can cover on every device. */
export const guaranteedBytes = 2 ** 27

/** Bytes of the largest buffer that one binding can cover. */
export function largestBuffer({ limits }: Pick<GPUDevice, 'limits'>): number {
  return Math.min(limits.maxBufferSize, limits.maxStorageBufferBindingSize)
}

// GPUBufferUsage as numbers, since Node has no such global.
const MAP_READ = 0x0001
const COPY_SRC = 0x0004
const COPY_DST = 0x0008
const UNIFORM = 0x0040
const STORAGE = 0x0080

export const storageUsage = STORAGE | COPY_SRC | COPY_DST
export const uniformUsage = UNIFORM | COPY_DST
export const readbackUsage = MAP_READ | COPY_DST
/** GPUMapMode.READ, for `mapAsync` of buffers with `readbackUsage`. */
export const mapRead = 0x0001

/**
 * Adds up bytes by purpose.
 * @throws Nothing.
 */
export function totalBytes({ weights, cache, scratch }: Omit<Memory, 'peak'>): number {
  return weights + cache + scratch
}

/** Bytes needed and fewer allowed: `needs 1.05 MB in one buffer but this device allows 1.00 MB`. */
export function needsButAllows(needed: number, allowed: number): string {
  const [more, fewer] = megabytesApart(needed, allowed)
  return `needs ${more} in one buffer but this device allows ${fewer}`
}
