// A GPU on which one call goes wrong: the n-th of all calls to its device and queue.
import { findAdapter } from '../gpu/find_adapter.ts'

/**
 * How a call goes wrong. `lost`: the device is gone. `out-of-memory` and `validation`: the call's error comes as WebGPU reports
 * it, to the error scope around it or to nobody. `throws`: the call itself throws.
 */
export const failures = ['lost', 'out-of-memory', 'validation', 'throws'] as const
export type Failure = (typeof failures)[number]

/** Calls of a device and of its queue that are counted. */
const deviceCalls = [
  'createBuffer',
  'createShaderModule',
  'createComputePipelineAsync',
  'createBindGroup',
  'createCommandEncoder',
] as const
const queueCalls = ['submit', 'writeBuffer'] as const

export interface FailingGpu {
  readonly api: GPU
  /** Calls so far. */
  calls(): number
  /** Whether every device was destroyed, and its memory with it. */
  isReleased(): boolean
}

/** @param at which call fails, counted from 1; none by default */
export function failingGpu(failure: Failure = 'throws', at = Infinity): FailingGpu {
  let calls = 0
  let devices = 0
  const api: Pick<GPU, 'requestAdapter'> = {
    async requestAdapter(options) {
      const adapter = await findAdapter({
        requestAdapter: () => navigator.gpu.requestAdapter(options),
      })
      if (!adapter) return null
      const requestDevice = adapter.requestDevice.bind(adapter)
      adapter.requestDevice = async (descriptor) => {
        const device = await requestDevice(descriptor)
        devices++
        void device.lost.then(() => devices--)
        const scopes = errorScopes(device)
        const counted = <Call extends (...given: never[]) => unknown>(call: Call): Call =>
          ((...given: Parameters<Call>) => {
            if (++calls === at) fail(device, failure, scopes)
            return call(...given)
          }) as Call
        for (const name of deviceCalls)
          Object.assign(device, { [name]: counted(device[name].bind(device) as () => unknown) })
        const { queue } = device
        for (const name of queueCalls)
          Object.assign(queue, { [name]: counted(queue[name].bind(queue) as () => unknown) })
        return device
      }
      return adapter
    },
  }
  return { api: api as GPU, calls: () => calls, isReleased: () => devices === 0 }
}

interface ErrorScopes {
  /** Gives an error to the innermost scope that takes it, or to nobody. */
  report(error: GPUError): void
}

/** Scopes of the device that also take errors of ours. */
function errorScopes(device: GPUDevice): ErrorScopes {
  const open: { readonly filter: GPUErrorFilter; error?: GPUError }[] = []
  const push = device.pushErrorScope.bind(device)
  const pop = device.popErrorScope.bind(device)
  device.pushErrorScope = (filter) => {
    open.push({ filter })
    push(filter)
    return undefined
  }
  device.popErrorScope = async () => {
    const scope = open.pop()
    const own = await pop()
    return scope?.error ?? own
  }
  return {
    report(error) {
      const filter = isOutOfMemory(error) ? 'out-of-memory' : 'validation'
      const scope = open.findLast((one) => one.filter === filter)
      if (scope) scope.error ??= error
      else device.dispatchEvent(Object.assign(new Event('uncapturederror'), { error }))
    },
  }
}

// Errors of the same names as WebGPU's, which Node does not have as globals.
class GPUOutOfMemoryError extends Error {}
class GPUValidationError extends Error {}

function isOutOfMemory(error: GPUError): boolean {
  return error.constructor.name === 'GPUOutOfMemoryError'
}

function fail(device: GPUDevice, failure: Failure, scopes: ErrorScopes): void {
  switch (failure) {
    case 'lost':
      device.destroy()
      return
    case 'out-of-memory':
      scopes.report(new GPUOutOfMemoryError('planted'))
      return
    case 'validation':
      scopes.report(new GPUValidationError('planted'))
      return
    case 'throws':
      throw new Error('planted')
  }
}
