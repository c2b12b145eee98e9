import { expect, test } from 'vitest'
import { randomValues } from '../src/testing/random.ts'
import { at } from './at.ts'
import { embed } from './embed.ts'
import { projectQkv } from './layer.ts'
import type { Compressor } from './merge.ts'
import type { ReadingSettings } from './policies.ts'
import { randomCompressor } from './random_compressor.ts'
import { randomModel, randomPrompt, smallShape } from './random_model.ts'
import { convolutionGradient } from './train_compressor.ts'
import { ofAttention } from '../src/testing/of_attention.ts'

const { reference: model } = randomModel({ ...smallShape, layers: 1 }, 3)
const { description } = model
const qkvOf = (tokens: number) =>
  projectQkv(
    embed(randomPrompt(tokens, 1), model.embedding, description.hidden, 1),
    ofAttention(model.layers[0]),
    description,
  )

const settings: ReadingSettings = {
  budget: 12,
  burst: 3,
  chunk: 8,
  tail: 1,
  positions: 'slot',
  allocation: 'even',
  policy: { name: 'lococo', stabilizers: 0, sinks: 0, keptShare: 0.5 },
}
const start = randomCompressor(description, { merged: 6, taps: 5, lambda: 0.6 }, 4).layers[0]!

test.each(['slot', 'original'] as const)(
  'gradients are the slopes of the loss, by finite differences, positions %s',
  (positions) => {
    const reading = { ...settings, positions }
    const qkv = qkvOf(24) // one eviction, after 16 tokens: later merges do not depend on the weights of earlier ones
    const gradientOf = (compressor: Compressor) =>
      convolutionGradient(qkv, 0, model, compressor, reading, 1)
    const gradient = gradientOf(start)
    expect(gradient.size).toBeGreaterThan(0)
    const epsilon = 1e-3
    const slopeOf = (changed: (by: number) => Compressor) =>
      (gradientOf(changed(epsilon)).difference - gradientOf(changed(-epsilon)).difference) /
      (2 * epsilon)
    const isClose = (got: number, slope: number) =>
      expect(Math.abs(got - slope)).toBeLessThan(0.02 * Math.abs(slope) + 2e-3)
    for (const name of ['weights', 'bias'] as const) {
      let largest = 0
      for (const draw of randomValues(15, 5)) {
        const i = Math.floor(((draw + 1) / 2) * start[name].length)
        const slope = slopeOf((by) => {
          const copy = start[name].slice()
          copy[i] = at(copy, i) + by
          return { ...start, [name]: copy }
        })
        isClose(at(gradient[name], i), slope)
        largest = Math.max(largest, Math.abs(slope))
      }
      expect(largest).toBeGreaterThan(2e-2) // a tenth of it is the tolerance
    }
    isClose(
      gradient.lambda,
      slopeOf((by) => ({ ...start, lambda: start.lambda + by })),
    )
  },
)

test('steps against the gradient reconstruct better, over several evictions', () => {
  const qkv = qkvOf(40)
  let compressor = start
  const losses = Array.from({ length: 12 }, () => {
    const { difference, size, weights, bias, lambda } = convolutionGradient(
      qkv,
      0,
      model,
      compressor,
      settings,
      1,
    )
    const down = (from: Float32Array, slope: Float32Array) =>
      from.map((value, i) => value - 0.005 * at(slope, i))
    compressor = {
      ...compressor,
      weights: down(compressor.weights, weights),
      bias: down(compressor.bias, bias),
      lambda: Math.min(1, Math.max(0, compressor.lambda - 0.005 * lambda)),
    }
    return difference / size
  })
  expect(losses.at(-1)!).toBeLessThan(0.9 * losses[0]!)
})
