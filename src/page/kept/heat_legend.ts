// The key to the tape and the text: five shades, each with the share it stands for at most.
import { byId, make } from '../elements.ts'
import { formatShare } from '../format.ts'
import { levelLimit, levels, type Heat } from './heat.ts'

export function showLegend(heat: Heat): void {
  const swatch = (level: number): HTMLElement =>
    make(
      'span',
      `swatch heat-${level}`,
      level === 0 ? '0' : formatShare(levelLimit(level, heat.highest)),
    )
  const legend = byId('heat-legend', HTMLElement)
  const shades = Array.from({ length: levels + 1 }, (_, level) => swatch(level))
  legend.replaceChildren(make('span', '', 'kept up to'), ...shades)
  legend.hidden = false
  byId('tape-note', HTMLElement).textContent =
    `On average ${formatShare(heat.overall)} of the document was kept. Click the tape to go to a place.`
}
