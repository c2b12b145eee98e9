import { expect, test } from 'vitest'
import { Dropped } from '../fetch_file.ts'
import { retried } from './retry.ts'

const patient = { options: { pauseMs: 1 }, signal: new AbortController().signal }

/** Fails `times` times, each after `bytes` bytes. */
function failing(times: number, bytes: number, failure: Error = new Dropped('cut')) {
  let [tries, at] = [0, 0]
  return {
    position: () => at,
    tries: () => tries,
    attempt: async () => {
      at += bytes
      if (tries++ < times) throw failure
      return 'whole'
    },
  }
}

test('it goes on as long as bytes arrive between failures', async () => {
  const { attempt, position, tries } = failing(9, 1)
  expect(await retried(patient, attempt, position)).toBe('whole')
  expect(tries()).toBe(10)
})

test('it gives up after five failures without a byte', async () => {
  const four = failing(4, 0)
  expect(await retried(patient, four.attempt, four.position)).toBe('whole')
  const five = failing(5, 0)
  await expect(retried(patient, five.attempt, five.position)).rejects.toThrow('cut')
  expect(five.tries()).toBe(5)
})

test('what is no failure of the network is not tried again', async () => {
  const { attempt, tries } = failing(1, 1, new Error('damaged'))
  await expect(retried(patient, attempt)).rejects.toThrow('damaged')
  expect(tries()).toBe(1)
})

test('a signal ends the pause, and the attempt after it is the last', async () => {
  const stop = new AbortController()
  const { attempt, tries } = failing(9, 0)
  const waiting = retried({ options: { pauseMs: 1e9 }, signal: stop.signal }, async () => {
    setTimeout(() => stop.abort(), 5)
    return attempt()
  })
  await expect(waiting).rejects.toThrow('cut')
  expect(tries()).toBe(2)
})
