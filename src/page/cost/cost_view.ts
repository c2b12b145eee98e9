// The bytes that the chosen model and settings will take, before anything is allocated.
import { bytesOfPlan, keyValueBytes, totalBytes } from '../../index.ts'
import { formatBytes } from '../format.ts'
import type { PageState, PageStore } from '../state.ts'
import { fromTemplate } from '../template.ts'
import { createBytesBar } from './bytes_bar.ts'
import html from './cost.html?raw'
import { misfit, planOf } from './fit.ts'
import { layersThatKeep } from '../texts.ts'
import * as texts from './texts.ts'

export function createCostView(place: HTMLSlotElement, store: PageStore): void {
  const view = fromTemplate(html)
  const root = view.part('cost', HTMLElement)
  const totalLine = view.part('cost-total', HTMLElement)
  const totalNote = view.part('cost-total-note', HTMLElement)
  const growing = view.part('cost-growing', HTMLElement)
  const complaint = view.part('cost-complaint', HTMLElement)
  const showBytes = createBytesBar(view.slot('cost-bytes'), 'cost')
  view.place(place)

  const show = ({ candidate, settings, gpu }: PageState): void => {
    root.hidden = candidate === undefined || settings === undefined
    if (candidate === undefined || settings === undefined) return
    const bytes = bytesOfPlan(planOf({ candidate, settings }))
    const perToken = keyValueBytes(candidate.description, settings.storage.cache)
    const grows = settings.policy.name === 'full'
    totalLine.textContent = formatBytes(totalBytes(bytes))
    totalNote.textContent = grows ? texts.toBeginWith : texts.howeverLong
    growing.textContent =
      (grows ? texts.growth(perToken) : texts.comparison(perToken)) +
      layersThatKeep(candidate.description)
    complaint.textContent = gpu === undefined ? '' : misfit({ candidate, settings }, gpu)
    showBytes(bytes)
  }
  // The settings are resolved again for each candidate.
  store.on(['settings', 'gpu'], show)
}
