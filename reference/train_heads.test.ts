import { expect, test } from 'vitest'
import { randomValues } from '../src/testing/random.ts'
import { at } from './at.ts'
import { randomModel, randomPrompt, smallShape } from './random_model.ts'
import { headGradient, trainingData } from './train_heads.ts'
import { ofAttention } from '../src/testing/of_attention.ts'

const { reference: model } = randomModel({ ...smallShape, layers: 1 }, 3)
const { description } = model
const context = randomPrompt(24, 1)
const replies = [
  { ids: randomPrompt(5, 2), firstAnswer: 2 },
  { ids: randomPrompt(3, 3), firstAnswer: 1 },
]

test('gradients are the slopes of the loss, by finite differences', () => {
  const [data] = trainingData(model, context, replies, 'largestScore')
  const head = ofAttention(model.layers[0]).retaining!
  const weights = { regression: 0.5, smoothing: 0.3 }
  const loss = (fc1: Float32Array, fc2: Float32Array) => {
    const { regression, smoothing } = headGradient(data!, { fc1, fc2 }, description, weights)
    return regression + smoothing
  }
  const gradient = headGradient(data!, head, description, weights)
  const epsilon = 1e-3
  for (const name of ['fc1', 'fc2'] as const) {
    for (const draw of randomValues(12, 5)) {
      const i = Math.floor(((draw + 1) / 2) * head[name].length)
      const moved = (by: number) => {
        const copy = { ...head, [name]: head[name].slice() }
        copy[name][i] = at(copy[name], i) + by
        return loss(copy.fc1, copy.fc2)
      }
      const slope = (moved(epsilon) - moved(-epsilon)) / (2 * epsilon)
      expect(Math.abs(at(gradient[name], i) - slope)).toBeLessThan(0.02 * Math.abs(slope) + 2e-3)
    }
  }
})

test('a label is the largest score over answers and the heads of the group', () => {
  const [both] = trainingData(model, context, replies, 'largestScore')
  const each = replies.map((reply) => trainingData(model, context, [reply], 'largestScore')[0]!)
  const largest = each[0]!.labels.map((value, i) => Math.max(value, at(each[1]!.labels, i)))
  expect(both!.labels).toEqual(largest)
  const question = [{ ids: replies[0]!.ids, firstAnswer: 0 }]
  const withQuestion = trainingData(model, context, question, 'largestScore')[0]!
  expect(withQuestion.labels.some((value, i) => value > at(each[0]!.labels, i))).toBe(true)
})
