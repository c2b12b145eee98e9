// The list of models in its page: what it shows before and after the GPU was measured.
import { afterEach, expect, test, vi } from 'vitest'
import type { DeviceSpeed } from '../../index.ts'
import { createPageStore } from '../state.ts'
import { fromTemplate } from '../template.ts'
import html from './model.html?raw'
import { createOfferList } from './offer_list.ts'
import * as texts from './texts.ts'

const gpu = { name: 'a GPU', software: false, largestBuffer: 4e9, largestBinding: 4e9, memory: 5e9 }
const speed = { bytesPerSecond: 50e9, flopPerSecond: 1e12, dispatchSeconds: 2e-5, measuredMs: 43 }

afterEach(() => document.body.replaceChildren())

function listed(measured: DeviceSpeed | undefined, device = gpu) {
  const slot = document.createElement('slot')
  document.body.append(slot)
  const view = fromTemplate(html, texts.modelFiles)
  const store = createPageStore()
  const measure = vi.fn(() => Promise.resolve(measured))
  const chose = vi.fn()
  const list = createOfferList(view, store, measure, chose)
  view.place(slot)
  store.set({ gpu: device })
  const fold = document.querySelector<HTMLDetailsElement>('#offers-fold')!
  const note = document.querySelector<HTMLElement>('#offers-note')!
  const titles = () => [...document.querySelectorAll('h3')].map((title) => title.textContent)
  return { list, chose, measure, fold, note, titles }
}

test('the GPU is measured when the list is opened first, and models are grouped by their speed', async () => {
  const { list, chose, measure, fold, note, titles } = listed(speed)
  expect(titles()).toEqual(['Fits this device', 'Comes with this page'])
  await new Promise((resolve) => setTimeout(resolve))
  expect(measure).not.toHaveBeenCalled()
  list.focus()
  const focused = document.activeElement as HTMLInputElement
  expect(focused.checked).toBe(true)
  await vi.waitFor(() => expect(note.textContent).toMatch(/measurement of 43 ms\.$/))
  expect(titles()).toEqual([
    'Runs well on this device',
    'Fits, but is slow on this device',
    'Comes with this page',
  ])
  const now = document.activeElement as HTMLInputElement
  expect(focused.value, 'the first choice was too slow').toContain('Coder-1.5B')
  expect(now.value, 'the focus goes with the choice').toContain('Coder-0.5B')
  expect(now.checked).toBe(true)
  expect(chose).toHaveBeenCalledTimes(1)
  fold.open = false
  await new Promise((resolve) => setTimeout(resolve, 20))
  fold.open = true
  await new Promise((resolve) => setTimeout(resolve, 20))
  expect(measure).toHaveBeenCalledTimes(1)
})

test('what the user chose stays chosen, and the focus stays on it', async () => {
  const { list, chose, fold, note } = listed(speed)
  fold.open = true
  const large = document.querySelector<HTMLInputElement>('.offer input[value*="SmolLM2-360M"]')!
  large.focus()
  large.click()
  await vi.waitFor(() => expect(note.textContent).toMatch(/measurement of 43 ms\.$/))
  expect(list.chosen()).toMatchObject({ name: 'SmolLM2-360M-Instruct' })
  const now = document.activeElement as HTMLInputElement
  expect(now).not.toBe(large)
  expect(now.value).toBe(large.value)
  expect(chose).toHaveBeenCalledTimes(1)
})

test('what does not fit stands last, folded away, with both numbers, and cannot be chosen', () => {
  listed(speed)
  const last = document.querySelector('#offers')!.lastElementChild as HTMLDetailsElement
  expect(last.open).toBe(false)
  expect(last.querySelector('summary')!.textContent).toMatch(/^\d+ models do not fit this device$/)
  const rows = [...last.querySelectorAll('.offer')]
  expect(rows.length).toBeGreaterThan(2)
  for (const row of rows) {
    expect(row.textContent).toMatch(
      /It needs \S+\sGB and this device, with 5\sGB in all, has 2\.5\sGB/,
    )
    expect(row.querySelector('input')!.disabled).toBe(true)
  }
})

test('without a GPU nothing is measured', async () => {
  const { measure, fold, note } = listed(speed, { ...gpu, software: true })
  fold.open = true
  await vi.waitFor(() => expect(note.textContent).toContain('computes without a GPU'))
  expect(measure).not.toHaveBeenCalled()
})

test('a GPU that cannot be measured is said', async () => {
  const { fold, note, titles } = listed(undefined)
  fold.open = true
  await vi.waitFor(() => expect(note.textContent).toContain('could not be measured'))
  expect(titles()).toEqual(['Fits this device', 'Comes with this page'])
})
