// What was kept of the document that was read: the tape and its legend, and the passages shaded by it.
import type { LongDocument } from '../../index.ts'
import type { DocumentText } from '../document/document_text.ts'
import { byId } from '../elements.ts'
import { measureHeat, type Heat } from './heat.ts'
import { showLegend } from './heat_legend.ts'
import { createHeatStrip, type HeatStrip } from '../reading/heat_strip.ts'
import { createPassageView } from './passage_view.ts'

export interface KeptView {
  /** the tape, which fills while reading */
  readonly strip: HeatStrip
  /** Before another document is read. */
  forget(): void
  show(read: LongDocument, text: DocumentText): Promise<void>
}

/** @param failed is told of what could not be measured or shown */
export function createKeptView(failed: (error: unknown) => void): KeptView {
  let heat: Heat | undefined
  const strip = createHeatStrip((token) => passages.goTo(token))
  const passages = createPassageView((view) => {
    strip.mark(view)
    byId('passage-note', HTMLElement).textContent = view.words
  }, failed)
  const jump = (id: string, token: () => number): void => {
    byId(id, HTMLElement).addEventListener('click', () => passages.goTo(token()))
  }
  jump('to-start', () => 0)
  jump('to-most', () => heat?.highestAt ?? 0)
  jump('to-end', () => (heat?.tokens ?? 1) - 1)
  return {
    strip,
    forget() {
      heat = undefined
    },
    async show(read, text) {
      try {
        heat = await measureHeat(await read.retained())
      } catch (error) {
        failed(error)
        return
      }
      strip.showHeat(heat)
      showLegend(heat)
      passages.show(text, read.pieces, heat)
    },
  }
}
