import { expect, test } from 'vitest'
import { goalsOf } from './goals.ts'
import { around, shapeRecord } from './record.fixture.ts'
import type { ReadingRecord, ShapeRecord } from './record.ts'

const met = (record: ShapeRecord) => goalsOf(record).map((goal) => goal.met)
const reading = (changes: Partial<ReadingRecord>): ShapeRecord => {
  const record = shapeRecord()
  return { ...record, reading: { ...record.reading, ...changes } }
}

test('all met', () => {
  expect(met(shapeRecord())).toEqual([true, true, true, true, true, true, true])
})

test('a chunk that takes longer later on', () => {
  expect(met(reading({ ratio: 1.06 }))[0]).toBe(false)
})

test('nothing is said about times that vary more than what is asked, or are missing', () => {
  const ms = { ...around(1000), low: 500 }
  const [noisy] = goalsOf(reading({ ratio: 1.4, later: { firstChunk: 32, ms } }))
  expect(noisy).toMatchObject({
    met: null,
    reached: '1.400 from chunk 32 on, but too noisy to tell',
  })
  expect(met(reading({ ratio: null, later: null }))[0]).toBeNull()
})

test('a byte more, or a buffer made on the way', () => {
  const record = shapeRecord()
  const more = { ...record.gpuBytes, whileReading: [1e9, 1e9 + 16] as const }
  expect(met({ ...record, gpuBytes: more })[1]).toBe(false)
  const chunk = { ...record.reading.chunk, buffersCreated: 1 }
  expect(met(reading({ chunk }))[1]).toBe(false)
})

test('eviction that takes too long, where that is asked', () => {
  const slow = reading({ evictionShare: 0.06 })
  expect(met(slow)[2]).toBe(false)
  expect(met({ ...slow, parameters: 1e8 })[2]).toBeNull()
  expect(met(reading({ evictionShare: null }))[2]).toBeNull()
})

test('decode steps that submit twice or read more than an id', () => {
  const record = shapeRecord()
  const step = { ...record.answering.step, submits: 2, bytesReadBack: 16 }
  const { answering } = record
  expect(met({ ...record, answering: { ...answering, step } }).slice(3, 5)).toEqual([false, false])
})

test('a training step that costs more than it may', () => {
  const record = shapeRecord()
  const training = { ...record.training, ratio: around(1.7) }
  expect(met({ ...record, training }).at(-1)).toBe(false)
})

test('weights in 4 bits that are not worth it, where that is asked', () => {
  const record = shapeRecord()
  const byWeights = record.byWeights.map((one) => ({ ...one, tokensPerSecond: around(80) }))
  expect(met({ ...record, byWeights })[5]).toBe(false)
  expect(met({ ...record, byWeights, parameters: 1e8 })[5]).toBeNull()
})
