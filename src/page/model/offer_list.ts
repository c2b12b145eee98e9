// The list of models to choose from, each with what it takes and comes with; those that this device does not hold cannot be
// chosen. Last comes the model that lies beside the page: it is there to show the mechanism, not to be asked about anything.
import type { Preset } from '../../index.ts'
import { make } from '../elements.ts'
import type { PageStore } from '../state.ts'
import { firstChoice, offersFor } from './offers.ts'
import * as texts from './texts.ts'

/** What the list names: a preset, or the demonstration. */
export type Listed = Preset | 'demonstration'

export interface OfferList {
  chosen(): Listed
  /** As if the user had chosen it. */
  choose(listed: Listed): void
  /** The real model to begin with; undefined where this device holds none. */
  firstChoice(): Preset | undefined
  focus(): void
}

export function createOfferList(
  list: HTMLElement,
  store: PageStore,
  onChoose: () => void,
): OfferList {
  let offers = offersFor(undefined)
  const first = (): Preset | undefined =>
    firstChoice(offers, store.get().gpu?.software ?? false)?.preset
  let chosen: Listed = first() ?? 'demonstration'
  let byUser = false

  const draw = (): void => {
    const best = first()
    const rest = offers.filter(({ preset }) => preset !== best)
    const listed = [...offers.filter(({ preset }) => preset === best), ...rest]
    const rows = listed.map((offer) =>
      row(offer.preset, offer.preset.name, texts.offer(offer), offer.misfit),
    )
    const { name, facts } = texts.demonstration
    const demonstration = row('demonstration', name, [facts])
    list.replaceChildren(...rows, demonstration)
  }
  const row = (
    listed: Listed,
    name: string,
    facts: readonly string[],
    misfit = '',
  ): HTMLElement => {
    const radio = make('input', '')
    radio.type = 'radio'
    radio.name = 'offer'
    radio.value = listed === 'demonstration' ? listed : listed.source
    radio.checked = listed === chosen
    radio.disabled = misfit !== ''
    radio.addEventListener('change', () => {
      chosen = listed
      byUser = true
      onChoose()
    })
    const title = make('span', 'offer-name', name)
    const words = [...facts, misfit].filter((text) => text !== '')
    const lines = words.map((text) => make('span', 'soft offer-fact', text))
    return make(
      'label',
      misfit === '' ? 'offer' : 'offer misfit',
      radio,
      make('span', '', title, ...lines),
    )
  }
  draw()

  // A choice that does not fit the device, or that nobody made, becomes the first choice.
  store.on(['gpu'], ({ gpu }) => {
    offers = offersFor(gpu)
    const fits = offers.some(({ preset, misfit }) => preset === chosen && misfit === '')
    const stays = chosen === 'demonstration' || fits
    const before = chosen
    if (!byUser || !stays) chosen = first() ?? 'demonstration'
    draw()
    if (chosen !== before) onChoose()
  })

  return {
    chosen: () => chosen,
    choose(listed) {
      chosen = listed
      byUser = true
      draw()
    },
    firstChoice: first,
    focus() {
      const radio = list.querySelector<HTMLInputElement>('input:checked')
      radio?.focus()
      radio?.scrollIntoView({ block: 'center' })
    },
  }
}
