// Asks, before anything is loaded, whether this browser has a GPU for us and how large its buffers may be.
import { findAdapter, isSoftware, LongtabError } from '../index.ts'

export interface GpuSupport {
  /** e.g. `apple metal-3` */
  readonly name: string
  /** the adapter computes on the CPU */
  readonly software: boolean
  /** bytes */
  readonly largestBuffer: number
  /** bytes of one buffer that a kernel can see */
  readonly largestBinding: number
  /** bytes of memory that the browser promises the device has; undefined where it does not say, or has a lot */
  readonly memory: number | undefined
}

/** Throws LongtabError `no-webgpu` with the reason. Allocates nothing. */
export async function probeGpu(): Promise<GpuSupport> {
  if (!isSecureContext) {
    throw new LongtabError(
      'no-webgpu',
      `browsers allow WebGPU only over https or from localhost, and this page came from ${location.origin}`,
    )
  }
  // The types promise `navigator.gpu`; browsers without WebGPU do not have it.
  const gpu = (navigator as { gpu?: GPU }).gpu
  if (gpu === undefined) {
    throw new LongtabError('no-webgpu', 'this browser does not offer WebGPU')
  }
  const adapter = await findAdapter(gpu)
  if (adapter === null) {
    throw new LongtabError(
      'no-webgpu',
      'this browser knows WebGPU but found no GPU that it may use',
    )
  }
  const { vendor, architecture } = adapter.info
  return {
    name: [vendor, architecture].filter((part) => part !== '').join(' ') || 'unnamed GPU',
    software: isSoftware(adapter.info),
    largestBuffer: adapter.limits.maxBufferSize,
    largestBinding: adapter.limits.maxStorageBufferBindingSize,
    memory: promisedMemory(),
  }
}

/** From here on browsers used to say no more than that: it stands for any amount. */
const ample = 8e9

/** Of the device; GPUs of phones and small computers share it. */
function promisedMemory(): number | undefined {
  const { deviceMemory } = navigator as { deviceMemory?: number }
  const bytes = deviceMemory === undefined ? undefined : deviceMemory * 1e9
  return bytes === undefined || bytes >= ample ? undefined : bytes
}
