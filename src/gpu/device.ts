// Opens a GPU with the adapter's largest limits. If there is none, the error says why.
import { LongtabError } from '../api/errors.ts'
import { findAdapter } from './find_adapter.ts'
import { createMemory, type GpuMemory } from './memory.ts'

export interface Gpu {
  readonly device: GPUDevice
  readonly memory: GpuMemory
  /** e.g. `google swiftshader` */
  readonly adapter: string
  readonly hasTimestamps: boolean
  /** resolves with the reason when the device is lost, except by `close` */
  readonly lost: Promise<string>
  /** true after the loss */
  isLost(): boolean
  /**
   * The first error that no error scope caught, as `gpu-error` or `out-of-memory`. The device continues without the
   * failed command, so no later result can be trusted.
   */
  fault(): LongtabError | undefined
  close(): void
}

/** The limits that decide what fits, raised to the adapter's. */
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
  const adapter = await findAdapter(api)
  if (!adapter) {
    throw new LongtabError(
      'no-webgpu',
      'WebGPU found no usable GPU; update the graphics driver or turn on hardware acceleration in the browser settings',
    )
  }
  const hasTimestamps = adapter.features.has('timestamp-query')
  const { vendor, architecture, description } = adapter.info
  const name = [vendor, architecture].filter(Boolean).join(' ') || description || 'unknown adapter'
  const device = await deviceOf(adapter, name, hasTimestamps)
  let lostReason: string | undefined
  const lost = new Promise<string>((resolve) => {
    void device.lost.then(({ reason, message }) => {
      lostReason = message || reason
      // `destroyed` is our own `close`, unless other code destroyed the device
      if (!closed) resolve(lostReason)
    })
  })
  let closed = false
  let fault: LongtabError | undefined
  device.addEventListener('uncapturederror', ({ error }) => (fault ??= asFault(error)))
  return {
    device,
    memory: createMemory(device),
    adapter: name,
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

/** Throws LongtabError `no-webgpu` where the adapter gives none. */
async function deviceOf(
  adapter: GPUAdapter,
  name: string,
  hasTimestamps: boolean,
): Promise<GPUDevice> {
  try {
    return await adapter.requestDevice({
      requiredFeatures: hasTimestamps ? ['timestamp-query'] : [],
      requiredLimits: Object.fromEntries(raisedLimits.map((one) => [one, adapter.limits[one]])),
    })
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new LongtabError(
      'no-webgpu',
      `the GPU ${name} could not be opened (${reason}); close other tabs that use it, or update the graphics driver`,
      { cause },
    )
  }
}

/** Converts an error of WebGPU. The device's own message comes last, as it may be long. */
function asFault(error: GPUError): LongtabError {
  // by name, since Node has no such global class
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

/** Throws LongtabError `device-lost`, or the device's fault. */
export function requireSound({ isLost, fault }: Pick<Gpu, 'isLost' | 'fault'>): void {
  if (isLost()) {
    throw new LongtabError('device-lost', 'the GPU was lost while working; load the model again')
  }
  const error = fault()
  if (error) throw error
}
