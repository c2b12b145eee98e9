// Keeps the document that was read, so that it need not be read again.
import type { LongDocument } from '../../index.ts'
import type { DocumentText } from '../document/document_text.ts'
import { formatShare } from '../format.ts'
import { fromTemplate } from '../template.ts'
import html from './keep.html?raw'
import { savedFile } from './save_document.ts'
import * as texts from './texts.ts'

export interface KeepButton {
  /** For a document that was read; its size is shown before anything is written. */
  offer(read: LongDocument, text: DocumentText): void
  hide(): void
  /** The document is kept already. */
  told(): void
}

export interface KeepEvents {
  readonly keep: (file: Blob) => Promise<void>
  readonly failed: (error: unknown) => void
}

export function createKeepButton(place: HTMLSlotElement, on: KeepEvents): KeepButton {
  const view = fromTemplate(html)
  const button = view.part('keep', HTMLButtonElement)
  const status = view.part('keep-status', HTMLElement)
  view.place(place)
  let offered: { readonly read: LongDocument; readonly text: DocumentText } | undefined

  const keep = async (): Promise<void> => {
    const saving = offered
    if (saving === undefined) return
    const { read, text } = saving
    button.disabled = true
    status.textContent = texts.saving
    try {
      // asked here, where the user has just said so
      const isSafe = await navigator.storage.persist().catch(() => false)
      const file = await savedFile(read, text, ({ done, total = 0 }) => {
        button.textContent = `${texts.saving} ${formatShare(done / Math.max(1, total))}`
      })
      await on.keep(file)
      if (offered !== saving) return
      button.hidden = true
      status.textContent = isSafe ? texts.kept : texts.keptUnsafely
    } catch (error) {
      if (offered !== saving) return
      status.textContent = ''
      button.textContent = texts.keep(read.savedBytes)
      on.failed(error)
    } finally {
      button.disabled = false
    }
  }
  button.addEventListener('click', () => void keep())

  const hide = (words: string): void => {
    offered = undefined
    button.hidden = true
    status.textContent = words
  }

  return {
    offer(read, text) {
      offered = { read, text }
      button.textContent = texts.keep(read.savedBytes)
      button.hidden = false
      status.textContent = ''
    },
    hide: () => hide(''),
    told: () => hide(texts.keptOnTheWay),
  }
}
