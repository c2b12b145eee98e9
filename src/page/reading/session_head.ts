// The head of a reading: the document's name, the model that reads it, and the way to another.
import { asSentence } from '../errors.ts'
import { fromTemplate } from '../template.ts'
import html from './session_head.html?raw'
import * as texts from './texts.ts'

export interface SessionHead {
  begin(document: string, model: string): void
  /**
   * @param heads what it kept by
   * @param notes what of the model's files could not be used
   */
  finish(model: string, heads: string, notes: readonly string[]): void
  focus(): void
}

export interface SessionHeadEvents {
  readonly changeModel: () => void
}

export function createSessionHead(place: HTMLSlotElement, on: SessionHeadEvents): SessionHead {
  const view = fromTemplate(html)
  const name = view.part('session-name', HTMLElement)
  const modelLine = view.part('session-model', HTMLElement)
  const notesLine = view.part('session-notes', HTMLElement)
  const changeModel = view.part('change-model', HTMLButtonElement)
  view.place(place)

  changeModel.addEventListener('click', on.changeModel)
  return {
    begin(document, model) {
      name.textContent = document
      modelLine.textContent = texts.readBy(model)
      notesLine.hidden = true
      changeModel.hidden = true
    },
    finish(model, heads, notes) {
      modelLine.textContent = texts.readBy(model, heads)
      notesLine.textContent = notes.map(asSentence).join(' ')
      notesLine.hidden = notes.length === 0
      changeModel.hidden = false
    },
    focus: () => name.focus(),
  }
}
