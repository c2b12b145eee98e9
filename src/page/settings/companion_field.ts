// A file beside the model, retaining heads or a compressor: picked, named by its address, or done without.
import { fromTemplate } from '../template.ts'
import html from './companion.html?raw'
import * as texts from './texts.ts'

export type CompanionName = keyof typeof texts.companions

export interface CompanionEvents {
  /** a picked file, or an address or name */
  readonly add: (file: File | string) => void
  readonly remove: () => void
}

export interface CompanionField {
  /** @param words what is in use, or what could be */
  show(words: string, inUse: boolean): void
}

export function createCompanionField(
  place: HTMLSlotElement,
  name: CompanionName,
  on: CompanionEvents,
): CompanionField {
  const view = fromTemplate(html, { id: name, ...texts.companions[name] })
  const pick = view.part(`${name}-pick`, HTMLInputElement)
  const address = view.part(`${name}-address`, HTMLInputElement)
  const takeButton = view.part(`${name}-take`, HTMLButtonElement)
  const removeButton = view.part(`${name}-remove`, HTMLButtonElement)
  const note = view.part(`${name}-note`, HTMLElement)
  view.place(place)

  const take = (): void => {
    if (address.value.trim() !== '') on.add(address.value.trim())
  }
  pick.addEventListener('change', () => {
    const [file] = pick.files ?? []
    if (file !== undefined) on.add(file)
    pick.value = '' // the same file may be picked again
  })
  address.addEventListener('keydown', ({ key }) => {
    if (key === 'Enter') take()
  })
  takeButton.addEventListener('click', take)
  removeButton.addEventListener('click', () => {
    on.remove()
    pick.focus() // the button is gone
  })
  return {
    show(words, inUse) {
      if (note.textContent !== words) note.textContent = words // it is read aloud when it changes
      removeButton.hidden = !inUse
    },
  }
}
