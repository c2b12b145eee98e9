import { openAsBlob } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { bytesOfPlan, makePlan } from '../../plan/plan.ts'
import { resolveSettings } from '../../plan/settings.ts'
import { describePreset } from '../../model/preset.ts'
import { blobFile } from '../../files/blob_file.ts'
import { openRetainingHeads } from '../../model/retaining_heads.ts'
import { ownHeadsList } from '../../own_heads.ts'
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

test('the first choice is the one that fits and answers most', () => {
  const offers = offersFor(desktop)
  const best = firstChoice(offers, false)
  expect(best).toMatchObject({
    misfit: '',
    heads: 'ours',
    preset: { name: 'Qwen2.5-Coder-1.5B-Instruct' },
  })
  const others = offers.map((offer) => (offer === best ? { ...offer, misfit: 'too large' } : offer))
  expect(firstChoice(others, false)?.preset.name).toBe('Qwen2.5-Coder-0.5B-Instruct')
  const unknown = offers.filter(({ preset }) => preset.answersRight === undefined)
  expect(firstChoice(unknown, false)).toBe(unknown[0])
  const none = offers.map((offer) => ({ ...offer, misfit: 'too large' }))
  expect(firstChoice(none, false)).toBeUndefined()
})

test('without a GPU the first choice is the smallest with retaining heads', () => {
  const offers = offersFor(desktop)
  expect(firstChoice(offers, true)).toMatchObject({ heads: 'ours', misfit: '' })
  expect(firstChoice(offers, true)?.preset.name).toBe('SmolLM2-135M-Instruct')
  const without = offers.filter(({ heads }) => heads === 'none')
  expect(firstChoice(without, true)).toBe(without[0])
})

test('each model is offered once', () => {
  const names = offersFor(undefined).map(({ preset }) => preset.name)
  expect(new Set(names).size).toBe(names.length)
})

test.each(ownHeadsList)(
  '$model takes the bytes that the list says, with our heads',
  async (own) => {
    const offer = offersFor(desktop).find(({ preset }) => preset.name === own.model)
    if (!offer) throw new Error(`${own.model} is not offered`)
    const description = describePreset(offer.preset)
    const path = join(import.meta.dirname, '../../../public/heads', own.name)
    const file = blobFile(await openAsBlob(path), own.name, () => undefined)
    const heads = await openRetainingHeads(file, description)
    const overrides = { storage: { weights: offer.preset.weights } }
    const settings = resolveSettings(overrides, description, { heads })
    const plan = makePlan(description, settings, heads.hidden, 0, heads.shares)
    const { weights, cache, scratch } = bytesOfPlan(plan)
    // some buffers follow the largest head, which the list does not know
    const share = (weights + cache + scratch) / offer.needed
    expect(share).toBeGreaterThan(0.95)
    expect(share).toBeLessThan(1.07)
  },
)
