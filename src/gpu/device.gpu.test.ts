import { expect } from 'vitest'
import { gpuTest } from '../testing/gpu.ts'
import { openGpu, requireSound } from './device.ts'

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

gpuTest('an error that no scope caught is a fault, the first one kept', async ({ gpu }) => {
  const opened = await openGpu(navigator.gpu)
  opened.device.pushErrorScope('validation')
  opened.device.createBuffer({ size: 16, usage: 0 })
  await opened.device.popErrorScope()
  await opened.device.queue.onSubmittedWorkDone()
  expect(opened.fault()).toBeUndefined()
  requireSound(opened)
  opened.device.createBuffer({ label: 'the first', size: 16, usage: 0 })
  opened.device.createBuffer({ label: 'the second', size: 16, usage: 0 })
  await opened.device.queue.onSubmittedWorkDone()
  expect(opened.fault()).toMatchObject({
    code: 'gpu-error',
    message: expect.stringMatching(/load the model again: .*the first/) as string,
  })
  expect(() => requireSound(opened)).toThrow('the first')
  opened.close()
  expect(await gpu.readWords(gpu.upload(Uint32Array.of(7)))).toEqual(Uint32Array.of(7))
})

gpuTest('limits are as large as the adapter has them', async ({ gpu }) => {
  const opened = await openGpu(navigator.gpu)
  const { limits } = (await navigator.gpu.requestAdapter())!
  expect(opened.device.limits.maxBufferSize).toBe(limits.maxBufferSize)
  expect(limits.maxBufferSize).toBeGreaterThanOrEqual(gpu.device.limits.maxBufferSize)
  expect(opened.adapter).not.toBe('')
  opened.close()
})
