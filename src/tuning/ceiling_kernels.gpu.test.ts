// These kernels do the work that their times are divided by.
import { expect } from 'vitest'
import { expectClose, gpuTest, tolerance } from '../testing/gpu.ts'
import { randomIntegers } from '../testing/random.ts'
import {
  fma,
  fmaLanes,
  nothing,
  sweep,
  sweepGrid,
  sweepParams,
  sweepSpan,
} from './ceiling_kernels.ts'

gpuTest('sweep reads every word once', async ({ gpu }) => {
  const groups = 3
  const data = randomIntegers((groups * sweepSpan) / 4, 2 ** 32, 5)
  const sums = gpu.upload(new Uint32Array(4))
  await gpu.run(
    sweep,
    {},
    sweepParams,
    { data: gpu.upload(data), sums },
    sweepGrid(groups * sweepSpan),
  )
  const expected = Array.from({ length: groups }, (_, group) =>
    data
      .subarray((group * sweepSpan) / 4, ((group + 1) * sweepSpan) / 4)
      .reduce((xor, word) => (xor ^ word) >>> 0, 0),
  )
  expect([...(await gpu.readWords(sums))].slice(0, groups)).toEqual(expected)
})

gpuTest('fma: every lane does all its rounds', async ({ gpu }) => {
  const params = { rounds: 3, factor: 0.9, summand: 0.25 }
  const sums = gpu.upload(new Float32Array(2 * fmaLanes))
  await gpu.run(fma, {}, params, { sums }, [2])
  const expected = Array.from({ length: 2 * fmaLanes }, (_, lane) => {
    const fixed = params.summand / (1 - params.factor)
    const left = params.factor ** (8 * params.rounds)
    const starts = Array.from({ length: 16 }, (_, i) => i + (lane % 64))
    return starts.reduce((sum, start) => sum + fixed + (start - fixed) * left, 0)
  })
  expectClose(await gpu.readValues(sums), expected, tolerance.sum)
})

gpuTest('nothing leaves everything as it is', async ({ gpu }) => {
  const sink = gpu.upload(Uint32Array.of(5, 6, 7, 8))
  await gpu.run(nothing, {}, { writes: 0 }, { sink }, [1])
  expect([...(await gpu.readWords(sink))]).toEqual([5, 6, 7, 8])
})
