import { expect, test, vi } from 'vitest'
import { findAdapter } from './find_adapter.ts'

const adapter = {} as GPUAdapter

test('a browser that has no adapter at its first call is asked again', async () => {
  const requestAdapter = vi.fn().mockResolvedValueOnce(null).mockResolvedValue(adapter)
  expect(await findAdapter({ requestAdapter })).toBe(adapter)
  expect(requestAdapter).toHaveBeenCalledTimes(2)
  expect(requestAdapter).toHaveBeenCalledWith({ powerPreference: 'high-performance' })
})

test('an adapter that is there is not asked for twice', async () => {
  const requestAdapter = vi.fn().mockResolvedValue(adapter)
  expect(await findAdapter({ requestAdapter })).toBe(adapter)
  expect(requestAdapter).toHaveBeenCalledTimes(1)
})

test('a browser that refuses is quoted', async () => {
  const failed = new Error('the GPU process crashed')
  for (const requestAdapter of [
    vi.fn().mockRejectedValue(failed),
    vi.fn(() => Promise.reject(failed)),
  ])
    await expect(findAdapter({ requestAdapter })).rejects.toMatchObject({
      code: 'no-webgpu',
      message: expect.stringContaining('(the GPU process crashed)') as string,
    })
})

test('a browser without a GPU is believed after three calls', async () => {
  const requestAdapter = vi.fn().mockResolvedValue(null)
  expect(await findAdapter({ requestAdapter })).toBeNull()
  expect(requestAdapter).toHaveBeenCalledTimes(3)
})
