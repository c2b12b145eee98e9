// What keeping a document says, by what the browser promises.
import { afterEach, expect, onTestFinished, test, vi } from 'vitest'
import type { LongDocument } from '../../index.ts'
import type { DocumentText } from '../document/document_text.ts'
import { createKeepButton } from './keep_button.ts'

const text = { name: 'Emma', format: 'text', title: undefined } as unknown as DocumentText
const read = {
  savedBytes: 43_000_000,
  save: () => Promise.resolve(new Blob(['saved'])),
} as unknown as LongDocument

afterEach(() => document.body.replaceChildren())

function offered(keep: (file: Blob) => Promise<void>, failed = vi.fn()) {
  const slot = document.createElement('slot')
  document.body.append(slot)
  createKeepButton(slot, { keep, failed }).offer(read, text)
  const part = (id: string) => document.querySelector<HTMLElement>(`#${id}`)!
  return { button: part('keep'), status: part('keep-status') }
}

test.each([
  [true, /^Kept in this browser\. It opens in seconds/],
  [false, /may delete it when the disk is full\. Export it/],
])('the browser promises to keep files for good: %s', async (promised, words) => {
  const persist = vi.spyOn(navigator.storage, 'persist').mockResolvedValue(promised)
  onTestFinished(() => persist.mockRestore())
  const { button, status } = offered(() => Promise.resolve())
  expect(button.textContent, 'the size is shown before').toMatch(/43.MB/)
  button.click()
  await vi.waitFor(() => expect(status.textContent).toMatch(words))
  expect(button.hidden).toBe(true)
})

test('what cannot be kept is told, and can be tried again', async () => {
  const failed = vi.fn()
  const full = new Error('full')
  const { button, status } = offered(() => Promise.reject(full), failed)
  button.click()
  await vi.waitFor(() => expect(failed).toHaveBeenCalledWith(full))
  expect(button.hidden).toBe(false)
  expect(status.textContent).toBe('')
})
