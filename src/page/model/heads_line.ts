// What the chosen model keeps by, in words beside it, and the way to train heads for it.
import type { PageStore } from '../state.ts'
import { fromTemplate } from '../template.ts'
import html from './heads_line.html?raw'
import * as texts from './texts.ts'

export interface HeadsLine {
  /** What the button says: a few words on the training under way, or the offer to train. */
  showTraining(words: string): void
  focus(): void
}

export function createHeadsLine(
  place: HTMLSlotElement,
  store: PageStore,
  onTrain: () => void,
): HeadsLine {
  const view = fromTemplate(html)
  const line = view.part('heads-line', HTMLElement)
  const state = view.part('heads-state', HTMLElement)
  const button = view.part('train-open', HTMLButtonElement)
  view.place(place)

  button.addEventListener('click', onTrain)
  store.on(['candidate'], ({ candidate }) => {
    line.hidden = candidate === undefined
    state.textContent = candidate === undefined ? '' : texts.heads(candidate)
  })
  return {
    showTraining(words) {
      button.textContent = words === '' ? texts.train : words
    },
    focus: () => button.focus(),
  }
}
