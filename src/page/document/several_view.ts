// Several chosen files: their list, how much they are, and whether they are read as one document.
import { fromTemplate } from '../template.ts'
import type { ChosenFile } from './chosen_files.ts'
import { createFileList, type FileListEvents } from './file_list.ts'
import html from './several.html?raw'
import * as texts from './several_texts.ts'

export interface SeveralView {
  /** Nothing is shown of none. */
  show(files: readonly ChosenFile[]): void
  /** Whether each is to be a document of its own. */
  areApart(): boolean
}

export interface SeveralEvents extends FileListEvents {
  /** whether they are to be one document has changed */
  readonly apart: () => void
}

export function createSeveralView(place: HTMLSlotElement, on: SeveralEvents): SeveralView {
  const view = fromTemplate(html)
  const root = view.part('document-several', HTMLElement)
  const sizeLine = view.part('document-list-size', HTMLElement)
  const apart = view.part('document-apart', HTMLInputElement)
  const listElement = view.part('document-list', HTMLElement)
  const list = createFileList(listElement, view.part('document-list-status', HTMLElement), on)
  view.place(place)
  root.addEventListener('change', on.apart)
  return {
    show(files) {
      root.hidden = files.length === 0
      sizeLine.textContent = texts.sizes(files)
      list.show(files)
    },
    areApart: () => apart.checked,
  }
}
