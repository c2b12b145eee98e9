// Words about what was kept.
import { formatCount, formatShare } from '../format.ts'

export const place = 'Place in the document'
export const keptUpTo = 'kept up to'

export function overall(share: number): string {
  return `On average ${formatShare(share)} of the document was kept. Click the tape to go to a place.`
}

/** @param passage counted from 0 */
export function inView(passage: number, passages: number, share: number): string {
  return `passage ${formatCount(passage + 1)} of ${formatCount(passages)}, kept ${formatShare(share)}`
}

export function passageTitle(passage: number): string {
  return `Passage ${formatCount(passage + 1)}`
}

export function passageKept(share: number): string {
  return `kept ${formatShare(share)} of this passage`
}
