import type { LabelKind } from '../api/training.ts'
import { expect, test } from 'vitest'
import { describeShape, shapes } from '../bench/shapes.ts'
import { tinyModel } from '../model/tiny_model.fixture.ts'
import { bytesOfPlan, makePlan } from '../plan/plan.ts'
import { resolveSettings } from '../plan/settings.ts'
import { estimateTrainingBytes, requireTrainingFit, slotsFor } from './plan.ts'
import { resolveTrainingSettings } from './settings.ts'

const model = tinyModel({ maxPositions: 2048 })
const slot = 2 * 8 * 4 // bytes of 2 KV heads of 4 values, padded to 8; so small a cache is stored in f32
const wanted = (length: number, label: LabelKind) =>
  resolveTrainingSettings({ length, label, reply: 100 }, model.maxPositions)

test.each([
  ['share', 899],
  ['answer', 899],
  ['repeat', 449],
] as const)('a length for %s whose keys need a larger buffer is refused', (label, largest) => {
  const refuse = (length: number) => () =>
    requireTrainingFit(model, wanted(length, label), 'f16', 1000 * slot)
  expect(refuse(largest)).not.toThrow()
  expect(refuse(largest + 1)).toThrow(`lower the length to ${largest}`)
})

test('a training takes no scratch for the longer blocks that reading grows to', () => {
  const large = describeShape(shapes['qwen-0.5b'])
  const training = resolveTrainingSettings({ length: 2048, questions: 1 }, large.maxPositions)
  const plan = makePlan(large, resolveSettings(slotsFor(training, 'f16'), large), 0)
  expect(plan.longestBlock).toBeGreaterThan(plan.block)
  const beside = (scratch: number) => scratch - bytesOfPlan(plan).scratch
  const { scratch } = estimateTrainingBytes(large, training, 'f16')
  const activations = 4 * (training.length + training.reply) * large.hidden // kept for the backward pass
  expect(beside(scratch)).toBeLessThan(0)
  expect(scratch).toBeGreaterThan(activations)
})
