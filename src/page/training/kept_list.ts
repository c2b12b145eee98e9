// The trainings of a model that this browser keeps, each to go on with or to discard.
import { make, makeButton } from '../elements.ts'
import { fromTemplate } from '../template.ts'
import html from './kept_list.html?raw'
import type { KeptTraining } from './kept_trainings.ts'
import * as texts from './texts.ts'

export interface KeptListEvents {
  readonly goOn: (kept: KeptTraining) => void
  readonly discard: (kept: KeptTraining) => void
}

export interface KeptList {
  /** Hidden where there are none. */
  show(trainings: readonly KeptTraining[], on: KeptListEvents): void
  hide(): void
}

export function createKeptList(place: HTMLSlotElement): KeptList {
  const view = fromTemplate(html)
  const root = view.part('kept', HTMLElement)
  const list = view.part('kept-list', HTMLElement)
  view.place(place)
  return {
    show(trainings, on) {
      const rows = trainings.map((kept) =>
        make(
          'li',
          '',
          make('p', '', texts.kept(kept)),
          makeButton('', texts.goOn(kept), () => on.goOn(kept)),
          makeButton('quiet', texts.discard, () => on.discard(kept)),
        ),
      )
      list.replaceChildren(...rows)
      root.hidden = rows.length === 0
    },
    hide() {
      root.hidden = true
    },
  }
}
