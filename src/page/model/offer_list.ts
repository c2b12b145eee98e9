// The list of models to choose from, in a fold: those that fit this device, and last those that do not, which cannot be chosen.
// When it is opened first, the GPU is measured, so that each can say how fast it would be.
import type { DeviceSpeed, Preset } from '../../index.ts'
import type { PageStore } from '../state.ts'
import type { Parts } from '../template.ts'
import { demonstrationRow, group, misfitFold, offerRow, type Listed } from './offer_rows.ts'
import { firstChoice, grouped, offersFor, type Offer } from './offers.ts'
import * as texts from './texts.ts'

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
    const rows = (members: readonly Offer[]) =>
      members.map((offer) => offerRow(offer, offer.preset === chosen, choose))
    const showsMisfits = fitting === 0 || list.querySelector('details')?.open === true
    const focused = radios(list).find((radio) => radio === document.activeElement)
    list.replaceChildren(
      ...group(speed === undefined ? fits : well, rows(fast)),
      ...group(titles.slow, rows(slow)),
      ...group(titles.own, [demonstrationRow(chosen === 'demonstration', choose)]),
      ...misfitFold(rows(misfits), showsMisfits),
    )
    const again = (radio: HTMLInputElement) =>
      focused?.checked === true ? radio.checked : radio.value === focused?.value
    if (focused !== undefined) radios(list).find(again)?.focus()
    summary.textContent = texts.chooseAmong(fitting)
  }
  const choose = (listed: Listed): void => {
    chosen = listed
    byUser = true
    onChoose()
  }
  draw()

  /** By what is known of the device. A choice that does not fit it, or that nobody made, becomes the first choice. */
  const offer = (): void => {
    offers = offersFor(store.get().gpu, speed)
    const fits = offers.some(({ preset, misfit }) => preset === chosen && misfit === '')
    const stays = chosen === 'demonstration' || fits
    const before = chosen
    if (!byUser || !stays) chosen = first()?.preset ?? 'demonstration'
    draw()
    if (chosen !== before) onChoose()
  }
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
    offer()
  }
  fold.addEventListener('toggle', () => {
    if (fold.open) void measure()
  })

  store.on(['gpu'], () => {
    offer()
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

function radios(list: HTMLElement): HTMLInputElement[] {
  return [...list.querySelectorAll('input')]
}
