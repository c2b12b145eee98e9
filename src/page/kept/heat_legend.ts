// The key to the tape and the text: five shades, each with the share it stands for at most.
import { make } from '../elements.ts'
import { formatShare } from '../format.ts'
import type { PageStore } from '../state.ts'
import type { Parts } from '../template.ts'
import { levelLimit, levels, type Heat } from './heat.ts'
import { layersThatKeep } from '../texts.ts'
import * as texts from './texts.ts'

export function createHeatLegend({ part }: Parts, store: PageStore): void {
  const legend = part('heat-legend', HTMLElement)
  const note = part('tape-note', HTMLElement)
  store.on(['kept'], ({ kept, loaded }) => {
    legend.hidden = kept === undefined || kept.heat.highest === 0
    if (kept === undefined) return
    const { heat } = kept
    const shades = Array.from({ length: levels + 1 }, (_, level) => swatch(level, heat))
    legend.replaceChildren(make('span', '', texts.keptUpTo), ...shades)
    const layers = loaded === undefined ? '' : layersThatKeep(loaded.candidate.description)
    note.textContent = heat.highest === 0 ? texts.skimmed : texts.overall(heat.overall) + layers
  })
}

function swatch(level: number, { highest }: Heat): HTMLElement {
  const limit = level === 0 ? '0' : formatShare(levelLimit(level, highest))
  const shade = make('span', 'swatch', limit)
  shade.style.setProperty('--swatch', `var(--heat-${level})`)
  return shade
}
