// Bytes by purpose: in words, and as a bar with a share for each. Readings and trainings have one each.
import type { Memory } from '../../index.ts'
import { formatBytes } from '../format.ts'
import type { Parts } from '../template.ts'

type Bytes = Pick<Memory, (typeof purposes)[number]>

const purposes = ['weights', 'cache', 'scratch'] as const

/** @param prefix of the ids in the view's HTML: `cost` for `cost-weights` and `cost-bar-weights` */
export function createBytesBar({ part }: Parts, prefix: string): (bytes: Bytes) => void {
  const rows = purposes.map((purpose) => ({
    purpose,
    words: part(`${prefix}-${purpose}`, HTMLElement),
    bar: part(`${prefix}-bar-${purpose}`, HTMLElement),
  }))
  return (bytes) => {
    for (const { purpose, words, bar } of rows) {
      words.textContent = formatBytes(bytes[purpose])
      bar.style.flexGrow = String(bytes[purpose])
    }
  }
}
