// Time per kernel from timestamp queries, for the bench. A null object stands in when profiling is off, so that callers
// need no branch.
import { readbackUsage } from './memory.ts'

export interface Profile {
  /** Timestamp writes for a pass of its own, or undefined to share a pass. */
  timestamps(kernel: string): GPUComputePassTimestampWrites | undefined
  /** Called before and after each submit. */
  resolve(encoder: GPUCommandEncoder): void
  submitted(): void
}

export const noProfile: Profile = {
  timestamps: () => undefined,
  resolve: () => undefined,
  submitted: () => undefined,
}

export interface KernelTimes extends Profile {
  /** Milliseconds by kernel over all submits since the last call. */
  take(): Promise<Map<string, number>>
}

const QUERIES = 4096
const QUERY_RESOLVE = 0x0200
const COPY_SRC = 0x0004

/** Puts every dispatch in a pass of its own between two timestamps. At most 2,048 dispatches per submit are timed. */
export function profileKernels(device: GPUDevice): KernelTimes {
  const set = device.createQuerySet({ type: 'timestamp', count: QUERIES })
  const resolved = device.createBuffer({ size: 8 * QUERIES, usage: QUERY_RESOLVE | COPY_SRC })
  let names: string[] = []
  let staging: GPUBuffer | undefined
  let pending: Promise<void>[] = []
  const milliseconds = new Map<string, number>()

  async function collect(buffer: GPUBuffer, kernels: readonly string[]): Promise<void> {
    await buffer.mapAsync(1)
    const stamps = new BigUint64Array(buffer.getMappedRange())
    kernels.forEach((kernel, i) => {
      const nanoseconds = Number((stamps[2 * i + 1] ?? 0n) - (stamps[2 * i] ?? 0n))
      milliseconds.set(kernel, (milliseconds.get(kernel) ?? 0) + nanoseconds / 1e6)
    })
    buffer.destroy()
  }

  return {
    timestamps(kernel) {
      const first = 2 * names.length
      if (first + 2 > QUERIES) return undefined
      names.push(kernel)
      return { querySet: set, beginningOfPassWriteIndex: first, endOfPassWriteIndex: first + 1 }
    },
    resolve(encoder) {
      if (names.length === 0) return
      const bytes = 16 * names.length
      staging = device.createBuffer({ size: bytes, usage: readbackUsage })
      encoder.resolveQuerySet(set, 0, 2 * names.length, resolved, 0)
      encoder.copyBufferToBuffer(resolved, 0, staging, 0, bytes)
    },
    submitted() {
      if (staging) pending.push(collect(staging, names))
      staging = undefined
      names = []
    },
    async take() {
      await Promise.all(pending)
      pending = []
      const taken = new Map(milliseconds)
      milliseconds.clear()
      return taken
    },
  }
}
