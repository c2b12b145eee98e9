// What was kept of the document that was read: the text with its pieces shaded, and what the tape and its legend show.
import type { LongDocument, Passage, Pieces } from '../../index.ts'
import type { DocumentText } from '../document/document_text.ts'
import type { PageStore } from '../state.ts'
import { fromTemplate } from '../template.ts'
import { measureHeat, type Heat } from './heat.ts'
import html from './kept.html?raw'
import { createPieceView } from './piece_view.ts'

/** A document that was read, and how much of what was kept. */
export interface Kept {
  readonly text: DocumentText
  readonly pieces: Pieces
  readonly heat: Heat
}

export interface KeptView {
  /** Measures and shows what was kept. */
  show(read: LongDocument, text: DocumentText): Promise<void>
  goTo(token: number): void
  /** Marks a passage and goes there. */
  mark(passage: Passage): void
}

/** @param failed is told of what could not be measured or shown */
export function createKeptView(
  place: HTMLSlotElement,
  store: PageStore,
  failed: (error: unknown) => void,
): KeptView {
  const view = fromTemplate(html)
  const note = view.part('piece-note', HTMLElement)
  const toStart = view.part('to-start', HTMLButtonElement)
  const toMost = view.part('to-most', HTMLButtonElement)
  const toEnd = view.part('to-end', HTMLButtonElement)
  const pieces = createPieceView(view, store, failed)
  view.place(place)

  const jump = (button: HTMLElement, token: (heat: Heat) => number): void => {
    button.addEventListener('click', () => {
      const { kept } = store.get()
      if (kept !== undefined) pieces.goTo(token(kept.heat))
    })
  }
  jump(toStart, () => 0)
  jump(toMost, ({ highestAt }) => highestAt)
  jump(toEnd, ({ tokens }) => tokens - 1)
  store.on(['kept'], ({ kept }) => {
    toMost.hidden = kept?.heat.highest === 0 // of a document that was skimmed
  })
  store.on(['inView'], ({ inView }) => {
    note.textContent = inView.words
  })

  return {
    async show(read, text) {
      try {
        const heat = await measureHeat(await read.retained())
        store.set({ kept: { text, pieces: read.pieces, heat } })
      } catch (error) {
        failed(error)
      }
    },
    goTo: (token) => pieces.goTo(token),
    mark: (passage) => pieces.mark(passage),
  }
}
