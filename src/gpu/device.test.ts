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

test('so is one without a GPU', async () => {
  const api = { requestAdapter: () => Promise.resolve(null) }
  await expect(openGpu(api as unknown as GPU)).rejects.toMatchObject({ code: 'no-webgpu' })
})
