// Words about the documents that this browser keeps.
import { formatBytes, formatCount, formatShare } from '../format.ts'
import type { KeptDocument } from './kept_documents.ts'

export const exported = 'Export'
export const remove = 'Delete'
export const removeForGood = 'Delete for good'
export const forget = 'Take off the list'
export const gone = 'This browser has deleted its file to make room.'
export const saving = 'Saving…'
export const keptOnTheWay =
  'Kept in this browser, as every reading of more than a minute is. Saved documents lists it.'
export const kept = 'Kept in this browser. It opens in seconds from Saved documents.'
export const keptUnsafely =
  'Kept in this browser, which may delete it when the disk is full. Export it to be sure.'

export function heading({ length }: readonly KeptDocument[]): string {
  return length === 0 ? 'Saved documents' : `Saved documents: ${formatCount(length)}`
}

/** What stands behind the heading where there is room; '' where nothing is kept. */
export function size(documents: readonly KeptDocument[]): string {
  const bytes = documents.reduce((sum, document) => sum + document.bytes, 0)
  return bytes === 0 ? '' : `, ${formatBytes(bytes)}`
}

const dates = new Intl.DateTimeFormat('en', { dateStyle: 'medium' })

/** What opening does: a reading that was cut off goes on. */
export function openOf({ share }: KeptDocument): string {
  return share < 1 ? 'Read on' : 'Open'
}

export function facts({ tokens, share, bytes, model, savedAt }: KeptDocument): string {
  return [
    ...(share < 1 ? [`${formatShare(share)} read`] : []),
    `${formatCount(tokens)} tokens`,
    formatBytes(bytes),
    `read with ${shortName(model)}`,
    dates.format(savedAt),
  ].join(' · ')
}

/** Of an address or a repository its last part. */
function shortName(model: string): string {
  return model.split('/').findLast((part) => part !== '') ?? model
}

export function keep(bytes: number): string {
  return `Keep for later (${formatBytes(bytes)})`
}

export function removed(title: string): string {
  return `${title} was deleted.`
}

export function imported(title: string): string {
  return `${title} is kept now.`
}

/** @param title of a document that came while another is on the page */
export function importedBeside(title: string): string {
  return `${title} is kept now. Open it from here when you are done with this one.`
}

/** @param model as the document names it */
export function chooseItsModel(title: string, model: string): string {
  return `${title} was read with ${model}, from a file or folder of yours: choose that under Model, then open the document again`
}

export function textless(title: string): string {
  return `${title} was saved without its text, which this page cannot do without; save it again with its text`
}

/** Of one among several that are read one after the other. @param index from 0 */
export function oneOf(title: string, index: number, count: number): string {
  return `${index + 1} of ${count}: ${title}`
}
