import { expect } from 'vitest'
import { siluConvolution as expected } from '../../reference/silu_convolution.ts'
import { padded } from '../model/matrix.ts'
import { expectClose, gpuTest, tolerance, type TestGpu } from '../testing/gpu.ts'
import { randomValues } from '../testing/random.ts'
import { shortConvolutionGrid } from './short_convolution.ts'
import { siluConvolution } from './silu_convolution.ts'

const width = 70
/** behind the channels stand values of no account */
const inWidth = 83
const taps = 4
const ring = 7
const mixed = randomValues(60 * inWidth, 1)
const weights = randomValues(width * taps, 2)
const channels = mixed.filter((_, place) => place % inWidth < width)
const whole = expected(channels, weights, new Float32Array(0), width)

async function convolve(
  gpu: TestGpu,
  inputs: GPUBuffer,
  { row, rows, tailFrom = 2 ** 32 - 1 }: { row: number; rows: number; tailFrom?: number },
): Promise<Float32Array> {
  const convolved = gpu.uploadRows(new Float32Array(rows * width).fill(NaN), width)
  const own = mixed.slice(row * inWidth, (row + rows) * inWidth)
  await gpu.run(
    siluConvolution,
    { TAPS: taps, RING: ring },
    {
      rows,
      first: row,
      tail_from: tailFrom,
      width,
      in_width: padded(inWidth),
      out_width: padded(width),
    },
    { mixed: gpu.uploadRows(own, inWidth), weights: gpu.upload(weights), inputs, convolved },
    shortConvolutionGrid(width, rows),
  )
  return gpu.readRows(convolved, width)
}

const newInputs = (gpu: TestGpu) => gpu.upload(new Float32Array(2 * ring * width).fill(NaN))

gpuTest('a text gives the same numbers in one block and in many', async ({ gpu }) => {
  const inOne = await convolve(gpu, newInputs(gpu), { row: 0, rows: 60 })
  expectClose(inOne, whole, tolerance.attention)
  const inputs = newInputs(gpu)
  const parts: number[] = []
  let row = 0
  for (const rows of [1, 1, 17, 2, 33, 4, 1, 1]) {
    parts.push(...(await convolve(gpu, inputs, { row, rows })))
    row += rows
  }
  expect(parts).toEqual([...inOne])
})

gpuTest('an answer leaves the document as it was', async ({ gpu }) => {
  const inputs = newInputs(gpu)
  await convolve(gpu, inputs, { row: 0, rows: 20 })
  for (let time = 0; time < 2; time++) {
    const tail = await convolve(gpu, inputs, { row: 20, rows: 12, tailFrom: 20 })
    expectClose(tail, whole.subarray(20 * width, 32 * width), tolerance.attention)
  }
})
