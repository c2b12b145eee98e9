import { expect } from 'vitest'
import { gpuTest } from '../testing/gpu.ts'
import { openGpu } from './device.ts'

gpuTest('a device destroyed by someone else is lost, and it alone', async ({ gpu }) => {
  const opened = await openGpu(navigator.gpu)
  expect(opened.isLost()).toBe(false)
  opened.device.destroy()
  expect(await opened.lost).not.toBe('')
  expect(opened.isLost()).toBe(true)
  expect(await gpu.readWords(gpu.upload(Uint32Array.of(7)))).toEqual(Uint32Array.of(7))
})

gpuTest('a device we close is not', async ({ gpu }) => {
  const opened = await openGpu(navigator.gpu)
  let lost = false
  void opened.lost.then(() => (lost = true))
  opened.close()
  await opened.device.lost
  await gpu.device.queue.onSubmittedWorkDone()
  expect(lost).toBe(false)
})

gpuTest('limits are as large as the adapter has them', async ({ gpu }) => {
  const opened = await openGpu(navigator.gpu)
  const { limits } = (await navigator.gpu.requestAdapter())!
  expect(opened.device.limits.maxBufferSize).toBe(limits.maxBufferSize)
  expect(limits.maxBufferSize).toBeGreaterThanOrEqual(gpu.device.limits.maxBufferSize)
  expect(opened.adapter).not.toBe('')
  opened.close()
})
