// Counts calls of WebGPU: wraps methods of the device's objects, and unwraps them at the end.
import type { CallsRecord } from './record.ts'

const MAP_READ = 0x0001

/** Counts from now until the returned function is called. One count per device at a time. */
export function countCalls(device: GPUDevice): () => CallsRecord {
  const calls = { submits: 0, dispatches: 0, buffersCreated: 0, bytesReadBack: 0 }
  const { queue } = device
  const submit = queue.submit.bind(queue)
  const createBuffer = device.createBuffer.bind(device)
  const createCommandEncoder = device.createCommandEncoder.bind(device)
  const uncover = [
    cover(queue, 'submit', (buffers) => {
      calls.submits++
      submit(buffers)
    }),
    // an implementation may return a new queue object at every access; this one has the counters
    cover(device, 'queue', queue),
    cover(device, 'createBuffer', (descriptor) => {
      calls.buffersCreated++
      return createBuffer(descriptor)
    }),
    cover(device, 'createCommandEncoder', (descriptor) => {
      const encoder = createCommandEncoder(descriptor)
      countEncoder(encoder, calls)
      return encoder
    }),
  ]
  return () => {
    for (const put of uncover) put()
    return { ...calls }
  }
}

/** Overrides a property, inherited or not. @returns a function that restores it */
function cover<Covered extends object, Name extends keyof Covered>(
  object: Covered,
  name: Name,
  value: Covered[Name],
): () => void {
  const before = Object.getOwnPropertyDescriptor(object, name)
  Object.defineProperty(object, name, { value, configurable: true, writable: true })
  return () => {
    if (before) Object.defineProperty(object, name, before)
    else Reflect.deleteProperty(object, name)
  }
}

/** Encoders and passes are short-lived and stay wrapped. */
function countEncoder(
  encoder: GPUCommandEncoder,
  calls: { dispatches: number; bytesReadBack: number },
): void {
  const beginComputePass = encoder.beginComputePass.bind(encoder)
  encoder.beginComputePass = (descriptor) => {
    const pass = beginComputePass(descriptor)
    const dispatch = pass.dispatchWorkgroups.bind(pass)
    pass.dispatchWorkgroups = (x, y, z) => {
      calls.dispatches++
      dispatch(x, y, z)
    }
    return pass
  }
  const copy = encoder.copyBufferToBuffer.bind(encoder) as CopyBytes
  const counting: CopyBytes = (from, fromByte, to, toByte, bytes) => {
    if ((to.usage & MAP_READ) !== 0) calls.bytesReadBack += bytes
    copy(from, fromByte, to, toByte, bytes)
  }
  encoder.copyBufferToBuffer = counting as GPUCommandEncoder['copyBufferToBuffer']
}

/** The form of copyBufferToBuffer the engine uses. */
type CopyBytes = (
  from: GPUBuffer,
  fromByte: number,
  to: GPUBuffer,
  toByte: number,
  bytes: number,
) => void
