// Bytes by purpose: in words, and as a bar with a share for each. Readings and trainings have one each.
import type { Memory } from '../../index.ts'
import { formatBytes } from '../format.ts'
import { fromTemplate } from '../template.ts'
import html from './bytes_bar.html?raw'

type Bytes = Pick<Memory, (typeof purposes)[number]>

const purposes = ['weights', 'cache', 'scratch'] as const

/**
 * @param id what the ids of its elements begin with: `cost` for `cost-weights` and `cost-bar-weights`
 * @param notes what the bytes of each purpose are for; none where that is clear
 */
export function createBytesBar(
  place: HTMLSlotElement,
  id: string,
  notes: Record<keyof Bytes, string> = { weights: '', cache: '', scratch: '' },
): (bytes: Bytes) => void {
  const view = fromTemplate(html, { id, ...notes })
  const rows = purposes.map((purpose) => ({
    purpose,
    words: view.part(`${id}-${purpose}`, HTMLElement),
    bar: view.part(`${id}-bar-${purpose}`, HTMLElement),
  }))
  view.place(place)
  return (bytes) => {
    for (const { purpose, words, bar } of rows) {
      words.textContent = formatBytes(bytes[purpose])
      bar.style.flexGrow = String(bytes[purpose])
    }
  }
}
