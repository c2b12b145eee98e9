import { expect, test } from 'vitest'
import { tinyModel } from '../model/tiny_model.fixture.ts'
import { requireTrainingFit } from './plan.ts'
import { settleTraining, type LabelKind } from './settings.ts'

const model = tinyModel({ maxPositions: 2048 })
const slot = 2 * 8 * 4 // bytes of 2 KV heads of 4 values, padded to 8; so small a cache is stored in f32
const wanted = (length: number, label: LabelKind) =>
  settleTraining({ length, label, reply: 100 }, model.maxPositions)

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
