import { expect, test } from 'vitest'
import { openGpu } from './device.ts'

test('a browser without WebGPU is told so', async () => {
  await expect(openGpu(undefined)).rejects.toMatchObject({ code: 'no-webgpu' })
})

test('memory that runs out while working keeps its own code', async () => {
  class GPUOutOfMemoryError extends Error {}
  const device = Object.assign(new EventTarget(), {
    lost: new Promise(() => undefined),
    limits: {},
  })
  const adapter = {
    features: new Set(),
    limits: {},
    info: {},
    requestDevice: () => Promise.resolve(device),
  }
  const api = { requestAdapter: () => Promise.resolve(adapter) }
  const opened = await openGpu(api as unknown as GPU)
  const error = new GPUOutOfMemoryError('no room for keys of layer 3')
  device.dispatchEvent(Object.assign(new Event('uncapturederror'), { error }))
  expect(opened.fault()).toMatchObject({
    code: 'out-of-memory',
    message: expect.stringContaining('no room for keys of layer 3') as string,
  })
})

test('an adapter that gives no device is quoted', async () => {
  const adapter = {
    features: new Set(),
    limits: {},
    info: { vendor: 'acme', architecture: 'x1' },
    requestDevice: () => Promise.reject(new Error('out of handles')),
  }
  const api = { requestAdapter: () => Promise.resolve(adapter) }
  await expect(openGpu(api as unknown as GPU)).rejects.toMatchObject({
    code: 'no-webgpu',
    message: expect.stringContaining(
      'the GPU acme x1 could not be opened (out of handles)',
    ) as string,
  })
})

test('so is one without a GPU', async () => {
  const api = { requestAdapter: () => Promise.resolve(null) }
  await expect(openGpu(api as unknown as GPU)).rejects.toMatchObject({ code: 'no-webgpu' })
})
