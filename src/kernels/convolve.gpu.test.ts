import { convolve as reference } from '../../reference/merge.ts'
import { expectClose, gpuTest, tolerance } from '../testing/gpu.ts'
import { randomConvolution } from '../testing/merging.ts'
import { randomValues } from '../testing/random.ts'
import { convolve, convolveGrid } from './convolve.ts'

gpuTest.for([
  [1, 4, 1, 1, 1],
  [2, 4, 5, 3, 9],
  [1, 8, 40, 21, 70],
  [3, 8, 33, 9, 33],
] as const)(
  '%d kv heads of size %d, %d merged, kernel %d, %d sources',
  async ([kvHeads, headSize, merged, taps, count], { gpu }) => {
    const channels = 2 * headSize
    const compressor = randomConvolution(headSize, merged, taps, 0.5)
    const sources = randomValues(kvHeads * count * channels, 2)
    const padding = new Float32Array(((taps - 1) / 2) * channels)
    const head = (i: number) => sources.subarray(i * count * channels, (i + 1) * count * channels)
    // the other heads have fewer sources, followed by zeros
    const counts = Array.from({ length: kvHeads }, (_, i) => Math.ceil(count / (i + 1)))
    const heads = counts.map((own, i) => head(i).fill(0, own * channels))
    // (merged, channel/4, tap, channel%4)
    const weights = new Float32Array(compressor.weights.length)
    compressor.weights.forEach((weight, i) => {
      const tap = i % taps
      const channel = Math.floor(i / taps) % channels
      const quad = Math.floor(i / taps / 4)
      weights[(quad * taps + tap) * 4 + (channel % 4)] = weight
    })
    const logits = gpu.upload(new Float32Array(kvHeads * merged * count).fill(NaN))
    await gpu.run(
      convolve,
      { KV_HEADS: kvHeads, TAPS: taps },
      {
        others: count,
        merged,
        channels: channels / 4,
        heads: counts.map((others) => ({ offset: 0, others, first_merged: 0 })),
      },
      {
        sources: gpu.upload(
          Float32Array.from(heads.flatMap((rows) => [...padding, ...rows, ...padding])),
        ),
        weights: gpu.upload(weights),
        bias: gpu.upload(compressor.bias),
        logits,
      },
      convolveGrid(count, merged, kvHeads),
    )
    const got = await gpu.readValues(logits)
    counts.forEach((own, i) => {
      const expected = reference(head(i).slice(0, own * channels), compressor)
      const rows = Array.from({ length: merged }, (_, out) => {
        const start = (i * merged + out) * count
        return [...got.subarray(start, start + own)]
      })
      expectClose(rows.flat(), expected, tolerance.attention)
    })
  },
)
