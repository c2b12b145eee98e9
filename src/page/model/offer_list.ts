// The list of models to choose from, in a fold: those that fit this device, and last those that do not, which cannot be chosen.
// When it is opened first, the GPU is measured, so that each can say how fast it would be.
import type { DeviceSpeed, Preset } from '../../index.ts'
import { make } from '../elements.ts'
import type { PageStore } from '../state.ts'
import type { Parts } from '../template.ts'
import { firstChoice, grouped, offersFor, type Offer } from './offers.ts'
import * as texts from './texts.ts'

/** What the list names: a preset, or the demonstration, which is there to show the mechanism. */
export type Listed = Preset | 'demonstration'

export interface OfferList {
  chosen(): Listed
  /** What is to be said of the chosen one besides its shape; '' of the demonstration. */
  details(): string
  /** As if the user had chosen it. */
  choose(listed: Listed): void
  /** The real model to begin with; undefined where this device holds none. */
  firstChoice(): Preset | undefined
  focus(): void
}

/** @param measureDevice asked once, when the list is opened on a GPU */
export function createOfferList(
  { part }: Parts,
  store: PageStore,
  measureDevice: () => Promise<DeviceSpeed | undefined>,
  onChoose: () => void,
): OfferList {
  const fold = part('offers-fold', HTMLDetailsElement)
  const summary = part('offers-summary', HTMLElement)
  const note = part('offers-note', HTMLElement)
  const list = part('offers', HTMLElement)
  let offers = offersFor(undefined)
  let speed: DeviceSpeed | undefined
  let isMeasured = false
  const first = (): Offer | undefined => firstChoice(offers, store.get().gpu?.software ?? false)
  let chosen: Listed = first()?.preset ?? 'demonstration'
  let byUser = false

  const draw = (): void => {
    const { fast, slow, misfits } = grouped(offers, first())
    const fitting = fast.length + slow.length
    const { fits, well, ...titles } = texts.offerGroups
    const { name, facts } = texts.demonstration
    const folds = make('summary', '', texts.misfits(misfits.length))
    folds.addEventListener('click', () => showOnceOpen(folded))
    const folded = make('details', 'fold misfits', folds)
    folded.append(...misfits.map(rowOf))
    folded.open = fitting === 0 || list.querySelector('details')?.open === true
    const focused = focusedRadio(list)
    list.replaceChildren(
      ...group(speed === undefined ? fits : well, fast.map(rowOf)),
      ...group(titles.slow, slow.map(rowOf)),
      ...group(titles.own, [row('demonstration', name, [facts])]),
      ...(misfits.length === 0 ? [] : [folded]),
    )
    if (focused !== undefined)
      radios(list)
        .find(({ value }) => value === focused)
        ?.focus()
    summary.textContent = texts.chooseAmong(fitting)
  }
  const rowOf = (offer: Offer): HTMLElement =>
    row(offer.preset, offer.preset.name, texts.offer(offer), offer.misfit)
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
    const words = misfit === '' ? facts : [misfit]
    const lines = words.map((text) => make('span', 'soft offer-fact', text))
    return make(
      'label',
      misfit === '' ? 'offer' : 'offer misfit',
      radio,
      make('span', '', title, ...lines),
    )
  }
  draw()

  const measure = async (): Promise<void> => {
    const { gpu, loaded } = store.get()
    if (isMeasured || gpu === undefined) return
    if (gpu.software) {
      note.textContent = texts.slowWithoutGpu
      return
    }
    if (loaded !== undefined) return // a model on the GPU may be at work, which would mislead the measurement
    isMeasured = true
    note.textContent = texts.measuring
    speed = await measureDevice().catch(() => undefined)
    note.textContent = speed === undefined ? texts.notMeasured : texts.estimated(speed)
    offers = offersFor(store.get().gpu, speed)
    draw()
  }
  fold.addEventListener('toggle', () => {
    if (fold.open) void measure()
  })

  // A choice that does not fit the device, or that nobody made, becomes the first choice.
  store.on(['gpu'], ({ gpu }) => {
    offers = offersFor(gpu, speed)
    const fits = offers.some(({ preset, misfit }) => preset === chosen && misfit === '')
    const stays = chosen === 'demonstration' || fits
    const before = chosen
    if (!byUser || !stays) chosen = first()?.preset ?? 'demonstration'
    draw()
    if (chosen !== before) onChoose()
    if (fold.open) void measure()
  })

  return {
    chosen: () => chosen,
    details() {
      const offer = offers.find(({ preset }) => preset === chosen)
      return offer === undefined ? '' : texts.offerDetails(offer)
    },
    choose(listed) {
      chosen = listed
      byUser = true
      draw()
    },
    firstChoice: () => first()?.preset,
    focus() {
      fold.open = true
      const radio = radios(list).find(({ checked }) => checked)
      radio?.focus()
      radio?.scrollIntoView({ block: 'center' })
    },
  }
}

function group(title: string, rows: readonly HTMLElement[]): HTMLElement[] {
  return rows.length === 0 ? [] : [make('h3', 'offer-group', title), ...rows]
}

/** The list is a window on its rows: what unfolds below its edge would not be seen. */
function showOnceOpen(fold: HTMLDetailsElement): void {
  const show = () => fold.scrollIntoView({ block: 'nearest' })
  fold.addEventListener('toggle', show, { once: true })
}

function radios(list: HTMLElement): HTMLInputElement[] {
  return [...list.querySelectorAll('input')]
}

/** The value of the radio that the focus is in. */
function focusedRadio(list: HTMLElement): string | undefined {
  return radios(list).find((radio) => radio === document.activeElement)?.value
}
