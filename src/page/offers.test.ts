import { expect, test } from 'vitest'
import { firstChoice, offersFor } from './offers.ts'

const GB = 1e9
const desktop = { largestBuffer: 4 * GB, largestBinding: 2 * GB, memory: undefined }
const phone = { ...desktop, memory: 2 * GB }

test('a device that promises little memory holds the small models only, and both numbers are said', () => {
  const offers = offersFor(phone)
  for (const { needed, misfit } of offers) {
    expect(misfit === '').toBe(needed <= 1 * GB)
    if (misfit !== '')
      expect(misfit).toMatch(/^It needs \S+\sGB and this device, with 2\sGB in all, has 1\sGB/)
  }
  expect(offers.some(({ misfit }) => misfit !== '')).toBe(true)
  expect(offers.some(({ misfit }) => misfit === '')).toBe(true)
})

test('a device whose buffers are small does not hold what needs larger ones', () => {
  const small = { ...desktop, largestBuffer: 8e6 }
  const misfits = offersFor(small).map(({ misfit }) => misfit)
  expect(
    misfits.every((misfit) => misfit === '' || / needs \S+ MB in one buffer /.test(misfit)),
  ).toBe(true)
  expect(misfits.some((misfit) => misfit !== '')).toBe(true)
})

test('the first choice is one with retaining heads, if it fits', () => {
  const offers = offersFor(desktop)
  expect(firstChoice(offers)).toMatchObject({ heads: 'ours', misfit: '' })
  const without = offers.filter(({ heads }) => heads === 'none')
  expect(firstChoice(without)).toBe(without[0])
  expect(firstChoice(offers.map((offer) => ({ ...offer, misfit: 'too large' })))).toBeUndefined()
})

test('each model is offered once', () => {
  const names = offersFor(undefined).map(({ preset }) => preset.name)
  expect(new Set(names).size).toBe(names.length)
})
