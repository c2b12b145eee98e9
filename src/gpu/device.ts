// Asks for a GPU with the largest limits it offers, and says in words why there is none.
import { LongtabError } from '../api/errors.ts'
import { createMemory, type GpuMemory } from './memory.ts'

export interface Gpu {
  readonly device: GPUDevice
  readonly memory: GpuMemory
  /** e.g. `google swiftshader` */
  readonly adapter: string
  readonly hasTimestamps: boolean
  /** resolves with the reason when the device is lost for any cause but `close` */
  readonly lost: Promise<string>
  /** true once lost */
  isLost(): boolean
  /**
   * the first error that no error scope caught, as `gpu-error` or `out-of-memory`. The device goes on without the command that
   * failed, so from then on nothing it computes can be trusted
   */
  fault(): LongtabError | undefined
  close(): void
}

/** The limits that decide what fits, raised to what the adapter has. */
const raisedLimits = [
  'maxStorageBufferBindingSize',
  'maxBufferSize',
  'maxComputeWorkgroupStorageSize',
  'maxComputeInvocationsPerWorkgroup',
  'maxStorageBuffersPerShaderStage',
] as const

/** Throws LongtabError `no-webgpu` when there is no WebGPU or no adapter. */
export async function openGpu(api: GPU | undefined): Promise<Gpu> {
  if (!api) {
    throw new LongtabError(
      'no-webgpu',
      'this browser has no WebGPU here; use a current Chrome, Edge, Safari or Firefox, over https or on localhost',
    )
  }
  const adapter = await api.requestAdapter({ powerPreference: 'high-performance' })
  if (!adapter) {
    throw new LongtabError(
      'no-webgpu',
      'WebGPU found no usable GPU; update the graphics driver or turn on hardware acceleration in the browser settings',
    )
  }
  const hasTimestamps = adapter.features.has('timestamp-query')
  const device = await adapter.requestDevice({
    requiredFeatures: hasTimestamps ? ['timestamp-query'] : [],
    requiredLimits: Object.fromEntries(raisedLimits.map((name) => [name, adapter.limits[name]])),
  })
  let lostReason: string | undefined
  const lost = new Promise<string>((resolve) => {
    void device.lost.then(({ reason, message }) => {
      lostReason = message || reason
      // `destroyed` is our own close unless someone else destroyed the device under us
      if (!closed) resolve(lostReason)
    })
  })
  let closed = false
  let fault: LongtabError | undefined
  device.addEventListener('uncapturederror', ({ error }) => (fault ??= asFault(error)))
  const { vendor, architecture, description } = adapter.info
  return {
    device,
    memory: createMemory(device),
    adapter: [vendor, architecture].filter(Boolean).join(' ') || description || 'unknown adapter',
    hasTimestamps,
    lost,
    isLost: () => lostReason !== undefined,
    fault: () => fault,
    close() {
      closed = true
      device.destroy()
    },
  }
}

/** An error of WebGPU as one of ours; the device's own words come last, as they may be long. */
function asFault(error: GPUError): LongtabError {
  // by its name: the class is a global that Node does not have
  return error.constructor.name === 'GPUOutOfMemoryError'
    ? new LongtabError(
        'out-of-memory',
        `the GPU ran out of memory while working; lower the budget or chunk, or choose a smaller model: ${error.message}`,
      )
    : new LongtabError(
        'gpu-error',
        `the GPU reported an error and what it computes cannot be trusted; load the model again: ${error.message}`,
      )
}

/** Throws LongtabError `device-lost` or the device's fault. */
export function requireSound({ isLost, fault }: Pick<Gpu, 'isLost' | 'fault'>): void {
  if (isLost()) {
    throw new LongtabError('device-lost', 'the GPU was lost while working; load the model again')
  }
  const error = fault()
  if (error) throw error
}
