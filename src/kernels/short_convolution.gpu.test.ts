import { expect } from 'vitest'
import { shortConvolution as expected } from '../../reference/short_convolution.ts'
import { padded } from '../model/matrix.ts'
import { expectClose, gpuTest, tolerance, type TestGpu } from '../testing/gpu.ts'
import { randomValues } from '../testing/random.ts'
import { shortConvolution, shortConvolutionGrid } from './short_convolution.ts'

const width = 70
const taps = 3
const ring = 6
const noTail = 2 ** 32 - 1
const gates = randomValues(60 * 3 * width, 1)
const weights = randomValues(width * taps, 2)
const whole = expected(gates, weights, new Float32Array(0), width)

/** Convolves some rows of the gates. @returns (rows, width) */
async function convolve(
  gpu: TestGpu,
  state: GPUBuffer,
  { row, rows, first = row, tailFrom = noTail }: Stretch,
): Promise<Float32Array> {
  const own = gates.slice(row * 3 * width, (row + rows) * 3 * width)
  const convolved = gpu.uploadRows(new Float32Array(rows * width).fill(NaN), width)
  await gpu.run(
    shortConvolution,
    { TAPS: taps, RING: ring },
    {
      rows,
      first,
      tail_from: tailFrom,
      width,
      in_width: padded(3 * width),
      out_width: padded(width),
    },
    { gates: gpu.uploadRows(own, 3 * width), weights: gpu.upload(weights), state, convolved },
    shortConvolutionGrid(width, rows),
  )
  return gpu.readRows(convolved, width)
}

interface Stretch {
  /** of `gates` */
  readonly row: number
  readonly rows: number
  /** token of the first row */
  readonly first?: number
  readonly tailFrom?: number
}

const newState = (gpu: TestGpu) => gpu.upload(new Float32Array(2 * ring * width).fill(NaN))

gpuTest('a text gives the same numbers in one block and in many', async ({ gpu }) => {
  const inOne = await convolve(gpu, newState(gpu), { row: 0, rows: 60 })
  expectClose(inOne, whole.convolved, tolerance.sum)
  const state = newState(gpu)
  const parts: number[] = []
  let row = 0
  for (const rows of [1, 1, 17, 2, 33, 4, 1, 1]) {
    parts.push(...(await convolve(gpu, state, { row, rows })))
    row += rows
  }
  expect(parts).toEqual([...inOne])
})

gpuTest('a refused draft leaves no trace', async ({ gpu }) => {
  const state = newState(gpu)
  await convolve(gpu, state, { row: 0, rows: 9 })
  await convolve(gpu, state, { row: 40, rows: 4, first: 9 }) // all but its first token are refused
  const next = await convolve(gpu, state, { row: 10, rows: 2 })
  const seen = Float32Array.from([
    ...whole.inputs.subarray(0, 9 * width),
    ...whole.inputs.subarray(40 * width, 41 * width),
  ])
  const after = expected(gates.slice(30 * width, 36 * width), weights, seen, width)
  expectClose(next, after.convolved, tolerance.sum)
})

gpuTest('an answer leaves the document as it was', async ({ gpu }) => {
  const state = newState(gpu)
  await convolve(gpu, state, { row: 0, rows: 20 })
  const answers: number[][] = []
  for (let time = 0; time < 2; time++) {
    const question = await convolve(gpu, state, { row: 20, rows: 12, tailFrom: 20 })
    const token = await convolve(gpu, state, { row: 32, rows: 1, tailFrom: 20 })
    answers.push([...question, ...token])
  }
  expect(answers[1]).toEqual(answers[0])
  const expectedRows = whole.convolved.subarray(20 * width, 33 * width)
  expectClose(Float32Array.from(answers[0] ?? []), expectedRows, tolerance.sum)
})
