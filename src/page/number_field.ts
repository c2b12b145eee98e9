// A number in a form. The slot that the form's HTML keeps for it says what is its own: id, label, note and least value.
import html from './number_field.html?raw'
import { fromTemplate } from './template.ts'

const whole = { max: '', step: '1', inputmode: 'numeric' }
const partOfOne = { min: '0', max: '1', step: 'any', inputmode: 'decimal' }

/** @param slot `<slot name="ID" data-label="…" data-note="…" data-min="1">`, or `data-fraction` for a part of 1 */
export function createNumberField(slot: HTMLSlotElement): HTMLInputElement {
  const { label, note, min, fraction } = slot.dataset
  const range = fraction === undefined ? { min, ...whole } : partOfOne
  const view = fromTemplate(html, { id: slot.name, label, note, ...range })
  const input = view.part(slot.name, HTMLInputElement)
  view.place(slot)
  return input
}
