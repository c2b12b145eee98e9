import { expect, test } from 'vitest'
import { attained, perUnit, stepRecords } from './attained.ts'
import type { Ceilings } from './record.ts'
import type { Work } from './projection_work.ts'
import type { Step } from './roofline.ts'

const spread = (high: number) => ({ median: high / 2, low: 1, high, samples: 3 })
const ceilings: Ceilings = {
  clock: 'timestamps',
  sweptBytes: 1e6,
  bytesPerSecond: spread(100e9),
  flopPerSecond: spread(10e12),
  dispatchMicroseconds: null,
  roundTripMicroseconds: null,
}
const work: Work = { flop: 5e9, bytes: 20e6 }

test('shares of the highest rates seen', () => {
  const { mbu, mfu } = attained(work, 1, ceilings)
  expect(mbu).toBeCloseTo(0.2)
  expect(mfu).toBeCloseTo(0.5)
})

test('unknown ceilings leave the shares unknown', () => {
  expect(attained(work, 1, { ...ceilings, bytesPerSecond: null })).toMatchObject({ mbu: null })
  expect(attained(work, 1, { ...ceilings, flopPerSecond: null })).toMatchObject({ mfu: null })
})

test('steps come slowest first, with their share of all', () => {
  const times = new Map<Step, number>([
    ['rms_norm', 1],
    ['score', 3],
  ])
  const works = new Map<Step, Work>([
    ['rms_norm', work],
    ['score', work],
  ])
  const records = stepRecords(times, works, ceilings)
  expect(records.map(({ step, share }) => [step, share])).toEqual([
    ['score', 0.75],
    ['rms_norm', 0.25],
  ])
})

test('a step that was timed but not counted, or counted but not timed, is a mistake', () => {
  const norm = new Map<Step, number>([['rms_norm', 1]])
  const counted = new Map<Step, Work>([['score', work]])
  expect(() => stepRecords(norm, counted, ceilings)).toThrow('norm, score')
})

test('totals per unit', () => {
  expect([...perUnit(new Map([['rms_norm', 6]]), 3)]).toEqual([['rms_norm', 2]])
})
