// The dialog that explains how it works.
import { fromTemplate } from '../template.ts'
import html from './help.html?raw'

/** @param opener the button that opens it */
export function createHelp(place: HTMLSlotElement, opener: HTMLElement): void {
  const view = fromTemplate(html)
  const dialog = view.part('help', HTMLDialogElement)
  view.place(place)

  opener.addEventListener('click', () => dialog.showModal())
  dialog.addEventListener('click', (event) => {
    if (event.target === dialog) dialog.close() // beside its content
  })
}
