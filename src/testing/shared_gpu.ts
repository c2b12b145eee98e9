// A `navigator.gpu` for tests that load models: all of them get the same device, so that no kernel is compiled twice. It stays
// open when a model closes it, and ends with the page.
let opened: Promise<GPUDevice> | undefined

const api: Pick<GPU, 'requestAdapter'> = {
  async requestAdapter(options) {
    const adapter = await navigator.gpu.requestAdapter(options)
    if (!adapter) return null
    const requestDevice = adapter.requestDevice.bind(adapter)
    adapter.requestDevice = (descriptor) => (opened ??= requestDevice(descriptor).then(keepOpen))
    return adapter
  },
}

function keepOpen(device: GPUDevice): GPUDevice {
  device.destroy = () => undefined
  return device
}

export const sharedGpu = api as GPU
