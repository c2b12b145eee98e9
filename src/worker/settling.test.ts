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

it('passes errors on, with a code where they had none', async () => {
  const ours = new LongtabError('bad-input', 'it is empty')
  const failing = (error: unknown) =>
    settling<{ fail(): Promise<void> }>({
      fail: () => {
        throw error
      },
    }).session.fail()
  await expect(failing(ours)).rejects.toBe(ours)
  for (const thrown of [new TypeError('no such thing'), 'no such thing']) {
    await expect(failing(thrown)).rejects.toMatchObject({
      code: 'internal',
      message: expect.stringContaining('no such thing') as string,
    })
  }
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
