// A file beside the model, retaining heads or a compressor: picked, named by its address, or done without.
import { byId } from '../elements.ts'

export type CompanionName = 'heads' | 'compressor'

export interface CompanionEvents {
  /** a picked file, or an address or name */
  readonly add: (file: File | string) => void
  readonly remove: () => void
}

export function wireCompanion(name: CompanionName, on: CompanionEvents): void {
  const pick = byId(`${name}-pick`, HTMLInputElement)
  const address = byId(`${name}-address`, HTMLInputElement)
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
  byId(`${name}-take`, HTMLElement).addEventListener('click', take)
  byId(`${name}-remove`, HTMLElement).addEventListener('click', () => {
    on.remove()
    pick.focus() // the button is gone
  })
}

/** @param words what is in use, or what could be */
export function showCompanion(name: CompanionName, words: string, inUse: boolean): void {
  const note = byId(`${name}-note`, HTMLElement)
  if (note.textContent !== words) note.textContent = words // it is read aloud when it changes
  byId(`${name}-remove`, HTMLElement).hidden = !inUse
}
