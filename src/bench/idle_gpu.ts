// A GPU that takes every call and computes nothing. What is asked of a GPU can be counted on it, for models of any size.

/** Adapter limits of a large GPU. */
const limits = {
  maxBufferSize: 2 ** 32,
  maxStorageBufferBindingSize: 2 ** 32 - 4,
  maxComputeWorkgroupStorageSize: 2 ** 15,
  maxComputeInvocationsPerWorkgroup: 1024,
  maxStorageBuffersPerShaderStage: 16,
  maxUniformBufferBindingSize: 2 ** 16,
  minUniformBufferOffsetAlignment: 256,
}

const info = {
  vendor: 'idle',
  architecture: '',
  description: 'computes nothing',
  isFallbackAdapter: false,
}

export function idleGpu(): GPU {
  const adapter = {
    info,
    limits,
    features: new Set<string>(),
    requestDevice: () => Promise.resolve(idleDevice()),
  }
  return { requestAdapter: () => Promise.resolve(adapter) } as unknown as GPU
}

function idleDevice(): GPUDevice {
  const nothing = () => undefined
  const device = {
    limits,
    adapterInfo: info,
    features: new Set<string>(),
    lost: new Promise(nothing),
    addEventListener: nothing,
    pushErrorScope: nothing,
    popErrorScope: () => Promise.resolve(null),
    destroy: nothing,
    createBuffer: idleBuffer,
    createShaderModule: () => ({}),
    createBindGroupLayout: () => ({}),
    createPipelineLayout: () => ({}),
    createComputePipelineAsync: () => Promise.resolve({}),
    createBindGroup: () => ({}),
    createCommandEncoder: () => ({
      beginComputePass: () => ({
        setPipeline: nothing,
        setBindGroup: nothing,
        dispatchWorkgroups: nothing,
        end: nothing,
      }),
      copyBufferToBuffer: nothing,
      clearBuffer: nothing,
      finish: () => ({}),
    }),
    queue: {
      submit: nothing,
      writeBuffer: nothing,
      onSubmittedWorkDone: () => Promise.resolve(),
    },
  }
  return device as unknown as GPUDevice
}

function idleBuffer({ size, usage }: GPUBufferDescriptor): GPUBuffer {
  const buffer = {
    size,
    usage,
    mapAsync: () => Promise.resolve(),
    getMappedRange: (offset = 0, bytes = size - offset) => new ArrayBuffer(bytes),
    unmap: () => undefined,
    destroy: () => undefined,
  }
  return buffer as unknown as GPUBuffer
}
