import { expect } from 'vitest'
import { noteBadNumbers as reference } from '../../reference/note_bad_numbers.ts'
import { padded } from '../model/matrix.ts'
import { gpuTest, type TestGpu } from '../testing/gpu.ts'
import { randomValues } from '../testing/random.ts'
import { noteBadNumbers, noteBadNumbersGrid } from './note_bad_numbers.ts'

const rows = 3

/** What is noted of the rows, in word 1 of three. */
async function noted(gpu: TestGpu, values: Float32Array): Promise<Uint32Array> {
  const width = values.length / rows
  const words = gpu.upload(new Uint32Array(3))
  await gpu.run(
    noteBadNumbers,
    {},
    { first: 0, width, row_width: padded(width), word: 1 },
    { values: gpu.uploadRows(values, width), noted: words },
    noteBadNumbersGrid(width, rows),
  )
  return gpu.readWords(words)
}

gpuTest.for([1, 63, 512, 1030])('finds every bad number in rows of %d', async (width, { gpu }) => {
  const good = randomValues(rows * width, width)
  good[0] = 3.4e38
  good[good.length - 1] = -1e-44
  expect(await noted(gpu, good)).toEqual(Uint32Array.of(0, 0, 0))
  for (const bad of [[NaN], [Infinity], [-Infinity], [-Infinity, NaN]]) {
    for (const at of [0, width - 1, 2 * width + Math.floor(width / 2)]) {
      const values = good.slice()
      bad.forEach((value, i) => (values[(at + i * width) % values.length] = value))
      expect(await noted(gpu, values)).toEqual(Uint32Array.of(0, reference(values), 0))
    }
  }
})

gpuTest('looks at its rows alone, and keeps what was noted', async ({ gpu }) => {
  const values = gpu.upload(Float32Array.of(NaN, NaN, 1, 2, NaN, Infinity, 3, 4, NaN))
  const words = gpu.upload(Uint32Array.of(2, 2))
  const run = (first: number, word: number) =>
    gpu.run(
      noteBadNumbers,
      {},
      { first, width: 2, row_width: 4, word },
      { values, noted: words },
      noteBadNumbersGrid(2, 2),
    )
  await run(2, 0)
  expect(await gpu.readWords(words)).toEqual(Uint32Array.of(2, 2))
  await run(3, 1)
  expect(await gpu.readWords(words)).toEqual(Uint32Array.of(2, 2))
  await gpu.run(
    noteBadNumbers,
    {},
    { first: 5, width: 1, row_width: 32, word: 0 },
    { values, noted: words },
    noteBadNumbersGrid(1, 1),
  )
  expect(await gpu.readWords(words)).toEqual(Uint32Array.of(3, 2))
})
