// The models that this browser keeps, each to be used again or deleted.
import { deleteStored, storedModels, type StoredModel } from '../../index.ts'
import { byId, make, makeButton } from '../elements.ts'
import { formatBytes } from '../format.ts'

export interface StoredListEvents {
  readonly use: (model: StoredModel) => void
  readonly failed: (error: unknown) => void
}

/** Looks again at each call; hidden where nothing is stored. */
export function createStoredList(on: StoredListEvents): { update(): Promise<void> } {
  const fold = byId('stored', HTMLElement)
  const summary = byId('stored-summary', HTMLElement)
  const list = byId('stored-list', HTMLElement)

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
      make('p', 'soft', describe(model)),
      make(
        'div',
        'row',
        makeButton('', 'Use', () => on.use(model)),
        makeButton('quiet', 'Delete', () => void remove(model)),
      ),
    )
  const update = async (): Promise<void> => {
    const models = await storedModels()
    const bytes = models.reduce((sum, model) => sum + model.bytes, 0)
    const count = models.length === 1 ? '1 model' : `${models.length} models`
    summary.textContent = `Stored in this browser: ${count}, ${formatBytes(bytes)}`
    list.replaceChildren(...models.map(row))
    fold.hidden = models.length === 0
  }
  return { update }
}

function describe({ bytes, revision, unfinished }: StoredModel): string {
  const parts = [
    formatBytes(bytes),
    ...(revision === undefined || revision === 'main' ? [] : [revision]),
    ...(unfinished.length === 0 ? [] : ['not all of it yet; reading with it goes on downloading']),
  ]
  return parts.join(' · ')
}
