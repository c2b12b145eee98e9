import { expect } from 'vitest'
import { adamw as reference } from '../../reference/adamw.ts'
import { expectClose, gpuTest, tolerance } from '../testing/gpu.ts'
import { randomValues } from '../testing/random.ts'
import { adamw, adamwGrid } from './adamw.ts'

gpuTest(
  'three steps as the reference takes them, with gradients beyond the clip and weights beyond the bounds',
  async ({ gpu }) => {
    const count = 400
    const options = {
      rate: 5e-3,
      beta1: 0.9,
      beta2: 0.95,
      epsilon: 1e-8,
      weightDecay: 0.01,
      clip: 0.5,
      least: -0.9,
      most: 0.8,
    }
    const expected = randomValues(count, 1)
    const moments = { mean: new Float32Array(count), square: new Float32Array(count) }
    const weights = gpu.upload(expected)
    const mean = gpu.upload(moments.mean)
    const square = gpu.upload(moments.square)
    for (const step of [1, 2, 3]) {
      const slopes = randomValues(count, 10 + step)
      const gradient = gpu.upload(slopes)
      const { rate, beta1, beta2, epsilon, weightDecay, clip, least, most } = options
      await gpu.run(
        adamw,
        {},
        {
          count: count / 4,
          clip,
          beta1,
          beta2,
          epsilon,
          keep: 1 - rate * weightDecay,
          rate: rate / (1 - beta1 ** step),
          correction: 1 / (1 - beta2 ** step),
          least,
          most,
        },
        { weights, gradient, mean, square },
        adamwGrid(count / 4),
      )
      reference(expected, slopes, moments, options, step)
      expect(Math.max(...slopes)).toBeGreaterThan(clip)
      expect([...(await gpu.readValues(gradient))]).toEqual(new Array(count).fill(0))
    }
    expect([Math.max(...expected), Math.min(...expected)].map(Math.fround)).toEqual(
      [options.most, options.least].map(Math.fround),
    )
    expectClose(await gpu.readValues(weights), expected, tolerance.sum)
    expectClose(await gpu.readValues(mean), moments.mean, tolerance.sum)
    expectClose(await gpu.readValues(square), moments.square, tolerance.sum)
  },
)

gpuTest('the grid covers every weight and stays within limits', () => {
  for (const count of [1, 64, 65, 4_000_000]) {
    const [x, y] = adamwGrid(count)
    expect(64 * x * y).toBeGreaterThanOrEqual(count)
    expect(Math.max(x, y)).toBeLessThanOrEqual(65_535)
  }
})
