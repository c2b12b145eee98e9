import { expect, it } from 'vitest'
import { LongtabError } from '../api/errors.ts'
import { settling } from './settling.ts'

const why = new LongtabError('closed', 'the model was closed; load it again')

it('passes calls and results on', async () => {
  const { session } = settling<{ add(a: number, b: number): Promise<number> }>({
    add: async (a: number, b: number) => a + b,
  })
  expect(await session.add(2, 3)).toBe(5)
})

it('passes errors on', async () => {
  const { session } = settling<{ fail(): Promise<void> }>({
    fail: () => Promise.reject(new Error('no')),
  })
  await expect(session.fail()).rejects.toThrow('no')
})

it('rejects what is under way, and what comes, with the first reason', async () => {
  const { session, end, ended } = settling<{ wait(): Promise<void> }>({
    wait: () => new Promise<void>(() => undefined),
  })
  const waiting = session.wait()
  end(why)
  end(new LongtabError('internal', 'later'))
  await expect(waiting).rejects.toBe(why)
  await expect(session.wait()).rejects.toBe(why)
  expect(ended.reason).toBe(why)
})

it('leaves what has ended as it ended', async () => {
  const { session, end } = settling<{ name(): Promise<string> }>({ name: async () => 'here' })
  const name = session.name()
  expect(await name).toBe('here')
  end(why)
  expect(await name).toBe('here')
})
