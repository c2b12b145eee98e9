// The bench's own kernel writes the weights that it promises.
import { expect } from 'vitest'
import { at } from '../../reference/at.ts'
import { uniform } from '../../reference/random.ts'
import { expectClose, gpuTest, tolerance } from '../testing/gpu.ts'
import { fill, fillGrid } from './kernels.ts'

const storages = ['f16', 'f32'] as const

gpuTest.for(storages)(
  'fill: rows of random values, zeros beside them, %s',
  async (storage, { gpu }) => {
    const width = 43
    const matrix = gpu.uploadMatrix(new Float32Array(5 * width).fill(7), width, storage)
    const params = { seed: 3, width, row_eights: 8, eights: 5 * 8, centre: 1, spread: 0.5 }
    await gpu.run(fill[storage], {}, params, { matrix }, [1])
    const words = await gpu.readWords(matrix)
    const values = storage === 'f32' ? new Float32Array(words.buffer) : undefined
    if (!values) {
      // the padding starts in the middle of a word
      expect([...words.subarray(22, 32)]).toEqual(Array.from({ length: 10 }, () => 0))
      expect(at(words, 21) >>> 16).toBe(0)
      expect(new Set(words).size).toBeGreaterThan(100)
      return
    }
    const expected = Array.from({ length: 5 * 64 }, (_, i) =>
      i % 64 < width ? 1 + 0.5 * (2 * uniform(3, i) - 1) : 0,
    )
    expectClose(values, expected, tolerance.sum)
  },
)

gpuTest('fill: lanes stride over what the grid does not cover', async ({ gpu }) => {
  const eights = 64 * 3 + 5
  const matrix = gpu.upload(new Float32Array(8 * eights))
  const params = { seed: 1, width: 8, row_eights: 1, eights, centre: 2, spread: 1 }
  await gpu.run(fill.f32, {}, params, { matrix }, [2])
  const values = await gpu.readValues(matrix)
  expect(values.every((value) => value >= 1 && value < 3)).toBe(true)
  expect(fillGrid(2 ** 26)).toEqual([8192])
})
