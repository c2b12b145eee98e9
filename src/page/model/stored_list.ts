// The models that this browser keeps, each to be used again or deleted.
import { deleteStored, storedModels, type StoredModel } from '../../index.ts'
import { make, makeButton } from '../elements.ts'
import { fromTemplate } from '../template.ts'
import html from './stored.html?raw'
import * as texts from './texts.ts'

export interface StoredListEvents {
  readonly use: (model: StoredModel) => void
  readonly failed: (error: unknown) => void
}

/** Looks again at each call; hidden where nothing is stored. */
export function createStoredList(
  place: HTMLSlotElement,
  on: StoredListEvents,
): { update(): Promise<void> } {
  const view = fromTemplate(html)
  const fold = view.part('stored', HTMLElement)
  const summary = view.part('stored-summary', HTMLElement)
  const list = view.part('stored-list', HTMLElement)
  view.place(place)

  const remove = async (model: StoredModel): Promise<void> => {
    try {
      await deleteStored(model.id)
    } catch (error) {
      on.failed(error)
    }
    await update()
    summary.focus()
  }
  const row = (model: StoredModel): Node =>
    make(
      'li',
      '',
      make('p', 'stored-name', model.source),
      make('p', 'soft', texts.stored(model)),
      make(
        'div',
        'row',
        makeButton('', texts.use, () => on.use(model)),
        makeButton('quiet', texts.remove, () => void remove(model)),
      ),
    )
  const update = async (): Promise<void> => {
    const models = await storedModels()
    const bytes = models.reduce((sum, model) => sum + model.bytes, 0)
    summary.textContent = texts.storedInAll(models.length, bytes)
    list.replaceChildren(...models.map(row))
    fold.hidden = models.length === 0
  }
  return { update }
}
