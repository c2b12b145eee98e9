import { expect, it, vi } from 'vitest'
import { createReadingKeeper } from './reading_keeper.ts'

const whole = new Blob(['whole'])
const save = () => Promise.resolve(whole)

function keeper() {
  const on = { keep: vi.fn(() => Promise.resolve()), failed: vi.fn() }
  return { on, ...createReadingKeeper(on) }
}

it('keeps checkpoints and then the document under one name', async () => {
  const { on, begin, finish } = keeper()
  const keep = begin(undefined)
  const [first, second] = [new Blob(['1']), new Blob(['2'])]
  await keep(first, 1)
  await keep(second, 2)
  expect(await finish(save)).toBe(true)
  const [[, id]] = on.keep.mock.calls as unknown as [[Blob, string]]
  expect(on.keep.mock.calls).toEqual([
    [first, id],
    [second, id],
    [whole, id],
  ])
})

it('keeps nothing of a short reading', async () => {
  const { on, begin, finish } = keeper()
  begin(undefined)
  expect(await finish(save)).toBe(false)
  expect(on.keep).not.toHaveBeenCalled()
})

it('takes the place of the kept document that the reading goes on from', async () => {
  const { on, begin, finish } = keeper()
  begin('emma')
  expect(await finish(save)).toBe(true)
  expect(on.keep).toHaveBeenCalledWith(whole, 'emma')
})

it('tells once that nothing can be kept, and the reading goes on', async () => {
  const { on, begin, finish } = keeper()
  on.keep.mockRejectedValue(new Error('full'))
  const keep = begin(undefined)
  await keep(new Blob(), 1)
  await keep(new Blob(), 2)
  expect(on.failed).toHaveBeenCalledTimes(1)
  expect(await finish(save)).toBe(false)
})

it('takes nothing of a reading that was given up for another', async () => {
  const { on, begin } = keeper()
  const late = begin(undefined)
  begin(undefined)
  await late(new Blob(), 1)
  expect(on.keep).not.toHaveBeenCalled()
})
