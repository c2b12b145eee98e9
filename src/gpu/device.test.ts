import { expect, test } from 'vitest'
import { openGpu } from './device.ts'

test('a browser without WebGPU is told so', async () => {
  await expect(openGpu(undefined)).rejects.toMatchObject({ code: 'no-webgpu' })
})

test('so is one without a GPU', async () => {
  const api = { requestAdapter: () => Promise.resolve(null) }
  await expect(openGpu(api as unknown as GPU)).rejects.toMatchObject({ code: 'no-webgpu' })
})
