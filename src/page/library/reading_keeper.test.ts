import { expect, it, vi } from 'vitest'
import { createReadingKeeper, longReadingMs } from './reading_keeper.ts'

const whole = new Blob(['whole'])
const save = () => Promise.resolve(whole)

function opened() {
  const on = {
    keep: vi.fn<(file: Blob, id: string) => Promise<void>>(() => Promise.resolve()),
    failed: vi.fn(),
  }
  return { on, keeper: createReadingKeeper(on) }
}

it('keeps checkpoints and then the document under one name', async () => {
  const { on, keeper } = opened()
  keeper.begin(undefined)
  expect(keeper.id()).toBeUndefined()
  const [first, second] = [new Blob(['1']), new Blob(['2'])]
  await keeper.checkpoint(first)
  await keeper.checkpoint(second)
  const id = keeper.id()
  expect(await keeper.finish(1_000, save)).toBe(true)
  expect(on.keep.mock.calls).toEqual([
    [first, id],
    [second, id],
    [whole, id],
  ])
  expect(keeper.id(), 'the whole document is opened again').toBe(id)
})

it('keeps nothing of a short reading', async () => {
  const { on, keeper } = opened()
  keeper.begin(undefined)
  expect(await keeper.finish(1_000, save)).toBe(false)
  expect(on.keep).not.toHaveBeenCalled()
})

it('keeps a long reading that had no checkpoint, as it was a single chunk', async () => {
  const { on, keeper } = opened()
  keeper.begin(undefined)
  expect(await keeper.finish(longReadingMs, save)).toBe(true)
  expect(on.keep).toHaveBeenCalledTimes(1)
  expect(keeper.id()).toBe(on.keep.mock.calls[0]?.[1])
})

it('takes the place of the kept document that the reading goes on from', async () => {
  const { on, keeper } = opened()
  keeper.begin('emma')
  expect(keeper.id()).toBe('emma')
  expect(await keeper.finish(1_000, save)).toBe(true)
  expect(on.keep).toHaveBeenCalledWith(whole, 'emma')
})

it('tells once that nothing can be kept, and the reading goes on', async () => {
  const { on, keeper } = opened()
  on.keep.mockRejectedValue(new Error('full'))
  keeper.begin(undefined)
  await keeper.checkpoint(new Blob())
  await keeper.checkpoint(new Blob())
  expect(on.failed).toHaveBeenCalledTimes(1)
  expect(await keeper.finish(1_000, save)).toBe(false)
})

it('has no checkpoint of a reading that was given up for another', async () => {
  const { keeper } = opened()
  keeper.begin(undefined)
  await keeper.checkpoint(new Blob())
  keeper.begin(undefined)
  expect(keeper.id()).toBeUndefined()
})
