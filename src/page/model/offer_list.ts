// The list of models to choose from, each with what it takes and comes with; those that this device does not hold cannot be
// chosen. Last comes the model that lies beside the page: it is there to show the mechanism, not to be asked about anything.
import type { Preset } from '../../index.ts'
import { byId, make } from '../elements.ts'
import { formatBytes, formatCount } from '../format.ts'
import type { GpuSupport } from '../gpu_support.ts'
import { firstChoice, offersFor, type Offer } from './offers.ts'

/** What the list names: a preset, or the demonstration. */
export type Listed = Preset | 'demonstration'

export interface OfferList {
  chosen(): Listed
  /** As if the user had chosen it. */
  choose(listed: Listed): void
  /** Holds the offers to this device; a choice that does not fit, or that nobody made, becomes the first choice. */
  fit(gpu: GpuSupport): void
  /** The real model to begin with; undefined where this device holds none. */
  firstChoice(): Preset | undefined
  focus(): void
}

export function createOfferList(onChoose: () => void): OfferList {
  const list = byId('offers', HTMLElement)
  let offers = offersFor(undefined)
  let chosen: Listed = firstChoice(offers)?.preset ?? 'demonstration'
  let byUser = false

  const draw = (): void => {
    const rows = offers.map((offer) =>
      row(offer.preset, offer.preset.name, describe(offer), offer.misfit),
    )
    const demonstration = row('demonstration', 'A demonstration of the mechanism', [
      'Longtab Small, 2.8 million parameters, comes with this page. It answers the questions of its own sample log and no others.',
    ])
    list.replaceChildren(...rows, demonstration)
  }
  const row = (listed: Listed, name: string, facts: string[], misfit = ''): HTMLElement => {
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

  return {
    chosen: () => chosen,
    choose(listed) {
      chosen = listed
      byUser = true
      draw()
    },
    fit(gpu) {
      offers = offersFor(gpu)
      const first: Listed = firstChoice(offers)?.preset ?? 'demonstration'
      const fits = offers.some(({ preset, misfit }) => preset === chosen && misfit === '')
      const stays = chosen === 'demonstration' || fits
      const before = chosen
      if (!byUser || !stays) chosen = first
      draw()
      if (chosen !== before) onChoose()
    },
    firstChoice: () => firstChoice(offers)?.preset,
    focus() {
      const radio = list.querySelector<HTMLInputElement>('input:checked')
      radio?.focus()
      radio?.scrollIntoView({ block: 'center' })
    },
  }
}

const headsWords: Record<Offer['heads'], string> = {
  ours: 'learned what to keep (heads of ours)',
  official: 'learned what to keep (official heads)',
  none: 'keeps the newest (no heads)',
}

/** What it takes, what it comes with, and whose it is. */
function describe({ preset, needed, heads }: Offer): string[] {
  const { bytes, approximate, license, source, config } = preset
  const about = approximate ? 'about ' : ''
  const beside = preset.heads?.bytes ?? 0
  const window = formatCount(Number(config['max_position_embeddings']))
  const owner = source.replace(/\/.*/, '')
  return [
    `${about}${formatBytes(bytes + beside)} to download · ${formatBytes(needed)} on the GPU`,
    headsWords[heads],
    `${license} · window ${window} · from ${owner}`,
  ]
}
