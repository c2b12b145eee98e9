import { expect, test } from 'vitest'
import { feasible } from './feasible.ts'
import { around, benchRecord } from './record.fixture.ts'
import { shapeNames, shapes } from './shapes.ts'

const feasibleAt = (flopPerSecond: number) =>
  shapeNames.filter((name) =>
    feasible(shapes[name], 'full', {
      ...benchRecord().ceilings,
      flopPerSecond: around(flopPerSecond),
    }),
  )

test('software adapters get the small shapes, fast GPUs all of them', () => {
  expect(feasibleAt(3e9)).toEqual(['tiny', 'stories', 'wide-layer'])
  expect(feasibleAt(100e12)).toEqual(shapeNames)
})

test('nothing is promised for a device of unknown speed', () => {
  expect(feasible(shapes.tiny, 'quick', benchRecord().ceilings)).toBe(false)
})
