import { expect, test } from 'vitest'
import { LongtabError } from '../api/errors.ts'
import type { Gpu } from '../gpu/device.ts'
import { rootCause } from './root_cause.ts'

/** A GPU that is lost after `ms`, or never. */
function gpuLostAfter(ms: number): Gpu {
  let isLost = false
  const lost = new Promise<string>((resolve) => {
    if (ms === Infinity) return
    setTimeout(() => {
      isLost = true
      resolve('gone')
    }, ms)
  })
  return { lost, isLost: () => isLost, fault: () => undefined } as unknown as Gpu
}

test('a call that is refused before the loss is told is the loss all the same', async () => {
  const error = await rootCause(new Error('mapping refused'), gpuLostAfter(20))
  expect(error.code).toBe('device-lost')
})

test('a call that is refused on a GPU that lives is a fault of its own', async () => {
  const error = await rootCause(new Error('mapping refused'), gpuLostAfter(Infinity))
  expect(error.code).toBe('internal')
  expect(error.message).toContain('mapping refused')
})

test('an error that says what it is stays what it is', async () => {
  const own = new LongtabError('aborted', 'stopped')
  expect(await rootCause(own, gpuLostAfter(0))).toBe(own)
})
