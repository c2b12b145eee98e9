import { expose, wrap } from 'comlink'
import { afterAll, expect, test } from 'vitest'
import { LongtabError } from '../api/errors.ts'
import { carryErrors } from './errors.ts'

const { port1: here, port2: there } = new MessageChannel()
afterAll(() => {
  here.close()
  there.close()
})

test('an error crosses the thread with its code, and the next call is answered', async () => {
  carryErrors()
  const told = new LongtabError('bad-numbers', 'the numbers of layer 3 became infinite')
  let asked = 0
  const session = {
    answer: () => (++asked === 1 ? Promise.reject(told) : Promise.resolve('the ferryman')),
  }
  expose(session, there)
  const remote = wrap<typeof session>(here)
  const refused: unknown = await remote.answer().catch((error: unknown) => error)
  expect(refused).toBeInstanceOf(LongtabError)
  expect(refused).toMatchObject({ code: told.code, message: told.message })
  expect(await remote.answer()).toBe('the ferryman')
})
