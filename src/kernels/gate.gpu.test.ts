import { expect } from 'vitest'
import { gate as expected } from '../../reference/gate.ts'
import { padded } from '../model/matrix.ts'
import { expectClose, gpuTest, tolerance } from '../testing/gpu.ts'
import { randomValues } from '../testing/random.ts'
import { gate, gateGrid } from './gate.ts'

gpuTest.for([
  [1, 'silu'],
  [17, 'gelu'],
  [70, 'silu'],
  [128, 'gelu'],
] as const)('feed-forward width %d, %s', async ([feedForward, activation], { gpu }) => {
  const rows = 3
  const gateUp = randomValues(rows * 2 * feedForward, 1).map((value) => 12 * value)
  gateUp[0] = 90 // silu and gelu are the identity here; e⁹⁰ is finite
  gateUp[2 * feedForward] = -120 // silu and gelu are zero here; e¹²⁰ is infinite in f32
  const width = padded(feedForward)
  const gated = gpu.upload(new Float32Array(rows * width).fill(NaN)) // attention may leave such
  await gpu.run(
    gate,
    { GELU: activation === 'gelu' ? 1 : 0 },
    {
      feed_forward: feedForward,
      in_width: padded(2 * feedForward),
      out_width: width,
    },
    { gate_up: gpu.uploadRows(gateUp, 2 * feedForward), gated },
    gateGrid(feedForward, rows),
  )
  expectClose(
    await gpu.readRows(gated, feedForward),
    expected(gateUp, feedForward, activation),
    tolerance.sum,
  )
  const behind = (await gpu.readValues(gated)).filter((_, i) => i % width >= feedForward)
  expect([...behind]).toEqual(Array<number>(rows * (width - feedForward)).fill(0))
})
