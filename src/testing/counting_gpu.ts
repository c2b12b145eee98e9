// A GPU that computes nothing and notes which calls it got.

export interface CountingGpu {
  readonly api: GPU
  /** names of the calls to the device and its queue, in order */
  readonly calls: string[]
}

/** The limits that every device has at least, as far as the engine asks for them. */
const limits = {
  maxStorageBufferBindingSize: 128 * 2 ** 20,
  maxBufferSize: 256 * 2 ** 20,
  maxComputeWorkgroupStorageSize: 16_384,
  maxComputeInvocationsPerWorkgroup: 256,
  maxStorageBuffersPerShaderStage: 8,
  maxComputeWorkgroupsPerDimension: 65_535,
  minStorageBufferOffsetAlignment: 256,
  minUniformBufferOffsetAlignment: 256,
}

/** @param memory bytes beyond which a buffer is refused for want of memory */
export function countingGpu(memory = Infinity): CountingGpu {
  const calls: string[] = []
  let taken = 0
  let isFull = false
  const noted =
    <Given extends unknown[], Result>(name: string, call: (...given: Given) => Result) =>
    (...given: Given): Result => {
      calls.push(name)
      return call(...given)
    }
  const device = {
    limits,
    lost: new Promise(() => undefined),
    addEventListener: () => undefined,
    destroy: () => undefined,
    pushErrorScope: () => undefined,
    async popErrorScope() {
      const error = isFull ? { message: 'planted' } : null
      isFull = false
      return error
    },
    createBuffer: noted('createBuffer', ({ size }: GPUBufferDescriptor) => {
      taken += size
      if (taken > memory) isFull = true
      return { size, destroy: () => (taken -= size) }
    }),
    createShaderModule: noted('createShaderModule', () => ({
      getCompilationInfo: async () => ({ messages: [] }),
    })),
    createBindGroupLayout: noted('createBindGroupLayout', () => ({})),
    createPipelineLayout: noted('createPipelineLayout', () => ({})),
    createComputePipelineAsync: noted('createComputePipelineAsync', async () => ({
      getBindGroupLayout: () => ({}),
    })),
    createBindGroup: noted('createBindGroup', () => ({})),
    createCommandEncoder: noted('createCommandEncoder', () => ({
      copyBufferToBuffer: () => undefined,
      clearBuffer: () => undefined,
      finish: () => ({}),
    })),
    queue: {
      writeBuffer: noted('writeBuffer', () => undefined),
      submit: noted('submit', () => undefined),
      onSubmittedWorkDone: async () => undefined,
    },
  }
  const adapter = {
    features: new Set<string>(),
    limits,
    info: { vendor: 'none', architecture: 'counting', description: '' },
    requestDevice: async () => device,
  }
  const api: unknown = { requestAdapter: async () => adapter }
  return { api: api as GPU, calls }
}
