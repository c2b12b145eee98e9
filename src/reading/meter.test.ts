import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { Progress } from '../api/progress.ts'
import { createMeter } from './meter.ts'

beforeEach(() => vi.useFakeTimers({ toFake: ['performance'] }))
afterEach(() => vi.useRealTimers())

function metered() {
  const told: Progress[] = []
  const memory = { live: () => ({ weights: 0, cache: 0, scratch: 0, peak: 0 }) }
  const meter = createMeter('read', { memory }, (progress) => told.push(progress))
  return { meter, last: () => told.at(-1) }
}

it('tells speed and the time that is left by the share of the document', () => {
  const { meter, last } = metered()
  vi.advanceTimersByTime(10_000)
  meter.at(200, 0.25)
  expect(last()).toMatchObject({ done: 200, share: 0.25, perSecond: 20, secondsLeft: 30 })
})

it('counts no work that was done before', () => {
  const { meter, last } = metered()
  vi.advanceTimersByTime(5_000)
  meter.from(1_000, 0.5)
  vi.advanceTimersByTime(10_000)
  meter.at(1_200, 0.6)
  expect(last()).toMatchObject({ done: 1_200, perSecond: 20 })
  expect(last()?.secondsLeft).toBeCloseTo(40)
})
