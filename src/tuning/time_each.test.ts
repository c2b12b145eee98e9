import { expect, test } from 'vitest'
import { timeEach } from './time_each.ts'

/** A GPU that takes so long for a run and so long to answer, by a clock that ticks. */
function pretended(runMs: number, idleMs: number, tickMs = 0) {
  const asked: number[] = []
  const submit = (runs: number) => {
    asked.push(runs)
    const ms = idleMs + runs * runMs
    return Promise.resolve(tickMs === 0 ? ms : Math.ceil(ms / tickMs) * tickMs)
  }
  return { asked, submit }
}

test.each([0.002, 0.05, 1, 30, 400])('a run of %d ms is found', async (runMs) => {
  const { submit } = pretended(runMs, 0.3)
  const { ms } = await timeEach(submit, 0.3, 100_000)
  expect(ms).toBeCloseTo(runMs, 5)
})

test('what is short is repeated, until a submit is some 12 ms long; what is long runs once', async () => {
  const short = pretended(0.1, 0.2)
  const { spentMs } = await timeEach(short.submit, 0.2, 4096)
  expect(short.asked[0]).toBe(1)
  expect(short.asked.at(-1)! * 0.1).toBeGreaterThanOrEqual(6)
  expect(spentMs).toBeLessThan(30)
  const long = pretended(80, 0.2)
  await timeEach(long.submit, 0.2, 4096)
  expect(long.asked).toEqual([1])
})

test('a clock that ticks in 20 ms is waited for', async () => {
  const { submit } = pretended(0.1, 20, 20)
  const { ms } = await timeEach(submit, 20, 4096)
  expect(ms / 0.1).toBeGreaterThan(0.5)
  expect(ms / 0.1).toBeLessThan(2)
})

test('a clock that stands still tells nothing', async () => {
  const { ms } = await timeEach(() => Promise.resolve(0), 0, 4096)
  expect(ms).toBeNaN()
})
