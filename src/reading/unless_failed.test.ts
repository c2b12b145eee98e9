import { expect, it } from 'vitest'
import { unlessFailed } from './unless_failed.ts'

/** Works until it is told to stop. */
const untilStopped = (stop: AbortSignal) =>
  new Promise<never>((_, reject) =>
    stop.addEventListener('abort', () => reject(new Error('stopped'))),
  )

it('gives both results', async () => {
  const both = unlessFailed(Promise.resolve(1), undefined, async () => 'done')
  await expect(both).resolves.toEqual([1, 'done'])
})

it('stops the work where the other fails, and throws that failure', async () => {
  const failing = Promise.reject(new Error('does not compile'))
  await expect(unlessFailed(failing, undefined, untilStopped)).rejects.toThrow('does not compile')
})

it('throws the failure of the work, and of a work that was given up', async () => {
  const broken = unlessFailed(new Promise(() => undefined), undefined, () =>
    Promise.reject(new Error('cut')),
  )
  await expect(broken).rejects.toThrow('cut')
  const givenUp = new AbortController()
  const stopped = unlessFailed(new Promise(() => undefined), givenUp.signal, untilStopped)
  givenUp.abort()
  await expect(stopped).rejects.toThrow('stopped')
})
