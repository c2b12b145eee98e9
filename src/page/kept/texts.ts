// Words about what was kept.
import { formatCount, formatShare } from '../format.ts'

export const place = 'Place in the document'
export const keptUpTo = 'kept up to'

export const skimmed =
  'The model has read nothing of the document yet. Click the tape to go to a place.'

export function overall(share: number): string {
  return `On average ${formatShare(share)} of the document was kept. Click the tape to go to a place.`
}

/**
 * @param piece counted from 0
 * @param share kept; undefined of a document that was skimmed
 */
export function inView(piece: number, pieces: number, share: number | undefined): string {
  const part = `part ${formatCount(piece + 1)} of ${formatCount(pieces)}`
  return share === undefined ? part : `${part}, kept ${formatShare(share)}`
}

/** @param where the piece begins in the document's file, or '' */
export function pieceTitle(piece: number, where: string): string {
  return `Part ${formatCount(piece + 1)}${where === '' ? '' : ` · ${where}`}`
}

export function pieceKept(share: number): string {
  return `kept ${formatShare(share)} of this part`
}
