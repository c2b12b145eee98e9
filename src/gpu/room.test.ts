import { expect, test } from 'vitest'
import { requireRoom } from './room.ts'

/** The parts of a device that room.ts uses, with a limit on the total of bytes. */
function deviceOf(bytes: number) {
  let live = 0
  let refused = false
  let most = 0
  const device = {
    limits: { maxBufferSize: 1e6, maxStorageBufferBindingSize: 1e6 },
    pushErrorScope: () => (refused = false),
    popErrorScope: async () => (refused ? { message: 'out of memory' } : null),
    createBuffer({ size }: GPUBufferDescriptor) {
      const isRefused = live + size > bytes
      refused ||= isRefused
      if (!isRefused) live += size
      most = Math.max(most, live)
      return { destroy: () => (live -= isRefused ? 0 : size) }
    },
  }
  return { gpu: { device: device as unknown as GPUDevice }, live: () => live, most: () => most }
}

const needed = { weights: 2_000_000, cache: 1_500_000, scratch: 500_000 }

test('what fits in buffers one by one and not together is refused, with the bytes of each part', async () => {
  const { gpu, live } = deviceOf(3_999_999)
  await expect(requireRoom(gpu, needed, 4_000_000)).rejects.toMatchObject({
    code: 'out-of-memory',
    message: expect.stringMatching(
      /^the GPU has no room for the 4 MB needed \(weights 2 MB, cache 2 MB, scratch 1 MB\); lower/,
    ) as string,
  })
  expect(live()).toBe(0)
})

test('what fits is taken as a whole and given back', async () => {
  const { gpu, live, most } = deviceOf(4_000_000)
  await requireRoom(gpu, needed, 4_000_000)
  expect(most()).toBe(4_000_000)
  expect(live()).toBe(0)
})
