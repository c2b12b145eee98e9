import { convolveGradient as reference } from '../../reference/convolve_gradient.ts'
import { expectClose, gpuTest, tolerance } from '../testing/gpu.ts'
import { randomValues } from '../testing/random.ts'
import { convolveGradient, convolveGradientGrid } from './convolve_gradient.ts'

gpuTest.for([
  [1, 4, 1, 1, 1],
  [2, 4, 5, 3, 9],
  [1, 8, 40, 21, 70],
  [3, 20, 33, 9, 33],
] as const)(
  '%d kv heads of size %d, %d merged, kernel %d, %d sources',
  async ([kvHeads, headSize, merged, taps, count], { gpu }) => {
    const channels = 2 * headSize
    const rows = randomValues(kvHeads * count * channels, 1)
    const slopes = randomValues(kvHeads * merged * count, 2)
    const padding = new Float32Array(((taps - 1) / 2) * channels)
    const heads = Array.from({ length: kvHeads }, (_, head) => ({
      rows: rows.subarray(head * count * channels, (head + 1) * count * channels),
      slopes: slopes.subarray(head * merged * count, (head + 1) * merged * count),
    }))
    const gradient = gpu.upload(new Float32Array(merged * channels * taps).fill(2))
    await gpu.run(
      convolveGradient,
      { TAPS: taps },
      { others: count, merged, channels: channels / 4, kv_heads: kvHeads },
      {
        slopes: gpu.upload(slopes),
        sources: gpu.upload(
          Float32Array.from(heads.flatMap((head) => [...padding, ...head.rows, ...padding])),
        ),
        gradient,
      },
      convolveGradientGrid(channels / 4, merged, taps),
    )
    const expected = new Float32Array(merged * channels * taps).fill(2)
    for (const head of heads) {
      reference(head.slopes, head.rows, merged, taps).forEach((value, i) => {
        const tap = i % taps
        const channel = Math.floor(i / taps) % channels
        const quad = Math.floor(i / taps / 4)
        const to = (quad * taps + tap) * 4 + (channel % 4)
        expected[to] = expected[to]! + value
      })
    }
    expectClose(await gpu.readValues(gradient), expected, tolerance.attention)
  },
)
