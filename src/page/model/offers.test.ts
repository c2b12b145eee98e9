import { openAsBlob } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { bytesOfPlan, makePlan } from '../../plan/plan.ts'
import { resolveSettings } from '../../plan/settings.ts'
import { describePreset } from '../../model/preset.ts'
import { blobFile } from '../../files/blob_file.ts'
import { openRetainingHeads } from '../../model/retaining_heads.ts'
import { ownHeadsList } from '../../own_heads.ts'
import { firstChoice, grouped, offersFor } from './offers.ts'
import * as texts from './texts.ts'

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

test('a measured device says how fast each is, and which are slow', () => {
  const speed = { bytesPerSecond: 50e9, flopPerSecond: 1e12, dispatchSeconds: 2e-5, measuredMs: 60 }
  const offers = offersFor({ ...desktop, memory: 7 * GB }, speed)
  const first = firstChoice(offers, false)
  const { fast, slow, misfits } = grouped(offers, first)
  expect([fast, slow, misfits].every((group) => group.length > 0)).toBe(true)
  expect(new Set([...fast, ...slow, ...misfits])).toEqual(new Set(offers))
  for (const { expected } of slow)
    expect(expected!.reading < 100_000 / 600 || expected!.answering < 5).toBe(true)
  for (const { expected } of fast)
    expect(expected!.reading < 100_000 / 600 || expected!.answering < 5).toBe(false)
  expect(fast[0]).toBe(first)
  expect(slow.some(({ preset }) => preset.answersRight! > first!.preset.answersRight!)).toBe(true)
  const [small, large] = ['SmolLM2-135M-Instruct', 'Qwen3-4B-Instruct-2507'].map((name) =>
    offers.find(({ preset }) => preset.name === name),
  )
  expect(small!.expected!.answering).toBeGreaterThan(3 * large!.expected!.answering)
  expect(texts.offer(small!).slice(0, 2).join('; ')).toMatch(
    /^267\sMB on the GPU; reads about [\d,]+, answers about \d+ tokens a second$/,
  )
})

test('without a measurement nothing is slow and no speed is said', () => {
  const offers = offersFor(desktop)
  expect(grouped(offers, undefined).slow).toEqual([])
  expect(texts.offer(offers[0]!).join()).not.toContain('a second')
})

test('of Ministral 3 the window is that which the engine computes', () => {
  const ministral = offersFor(undefined).find(({ preset }) => preset.name.startsWith('Ministral'))
  expect(ministral?.window).toBe(16_384)
  expect(texts.offerDetails(ministral!)).toMatch(
    /^2\.15\sGB to download · Apache 2\.0 · window 16,384 · from mistralai$/,
  )
})
