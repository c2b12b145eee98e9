// The rows of the list of models, in groups; those that do not fit are in a fold.
import type { Preset } from '../../index.ts'
import { make } from '../elements.ts'
import type { Offer } from './offers.ts'
import * as texts from './texts.ts'

/** What the list names: a preset, or the demonstration, which is there to show the mechanism. */
export type Listed = Preset | 'demonstration'

type Choose = (listed: Listed) => void

export function offerRow(offer: Offer, isChosen: boolean, choose: Choose): HTMLElement {
  const { preset, misfit } = offer
  const facts = misfit === '' ? texts.offer(offer) : [misfit]
  const { radio, row } = newRow(preset.source, preset.name, facts, isChosen)
  radio.disabled = misfit !== ''
  row.classList.toggle('misfit', misfit !== '')
  radio.addEventListener('change', () => choose(preset))
  return row
}

export function demonstrationRow(isChosen: boolean, choose: Choose): HTMLElement {
  const { name, facts } = texts.demonstration
  const { radio, row } = newRow('demonstration', name, [facts], isChosen)
  radio.addEventListener('change', () => choose('demonstration'))
  return row
}

function newRow(value: string, name: string, facts: readonly string[], isChosen: boolean) {
  const radio = make('input', '')
  radio.type = 'radio'
  radio.name = 'offer'
  radio.value = value
  radio.checked = isChosen
  const lines = facts.map((text) => make('span', 'soft offer-fact', text))
  const words = make('span', '', make('span', 'offer-name', name), ...lines)
  return { radio, row: make('label', 'offer', radio, words) }
}

/** Nothing where there are no rows. */
export function group(title: string, rows: readonly HTMLElement[]): HTMLElement[] {
  return rows.length === 0 ? [] : [make('h3', 'offer-group', title), ...rows]
}

/** Nothing where there are no rows. */
export function misfitFold(rows: readonly HTMLElement[], isOpen: boolean): HTMLElement[] {
  if (rows.length === 0) return []
  const summary = make('summary', '', texts.misfits(rows.length))
  const fold = make('details', 'fold misfits', summary, ...rows)
  fold.open = isOpen
  // the list is a window on its rows: what unfolds below its edge would not be seen
  const show = () => fold.scrollIntoView({ block: 'nearest' })
  summary.addEventListener('click', () => fold.addEventListener('toggle', show, { once: true }))
  return [fold]
}
