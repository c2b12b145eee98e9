import { expect } from 'vitest'
import { gpuTest } from '../testing/gpu.ts'
import { createWordRing, readBuffer } from './readback.ts'

gpuTest('reads part of a buffer', async ({ gpu }) => {
  const words = gpu.upload(Uint32Array.of(1, 2, 3, 4, 5, 6, 7, 8))
  const part = await readBuffer(gpu.device, words, 8, 12)
  expect(new Uint32Array(part)).toEqual(Uint32Array.of(3, 4, 5))
})

gpuTest('a word ring returns each step its word, with several under way', async ({ gpu }) => {
  const words = gpu.upload(Uint32Array.from({ length: 10 }, (_, step) => 100 + step))
  const ring = createWordRing(gpu.memory, 'word', 3, 1)
  const send = (step: number): void => {
    gpu.recorder.copy(words, 4 * step, ring.slot(step), 0, 4)
    gpu.recorder.submit()
  }
  const received: number[] = []
  for (let step = 0; step < 3; step++) send(step)
  for (let step = 0; step < 10; step++) {
    received.push(...(await ring.read(step, 1)))
    if (step + 3 < 10) send(step + 3)
  }
  expect(received).toEqual([100, 101, 102, 103, 104, 105, 106, 107, 108, 109])
})
