// Words about several files that are chosen together.
import { explain } from '../errors.ts'
import { formatAmount, formatBytes, formatCount } from '../format.ts'
import { isOpened, type ChosenFile } from './chosen_files.ts'
import { opening, size } from './texts.ts'

export const up = 'Up'
export const down = 'Down'
export const remove = 'Remove'

/** The name of several as one. */
export function andMore(title: string, others: number): string {
  return `${title} and ${others} more`
}

/** @param index from 0 */
export function moved(title: string, index: number, count: number): string {
  return `${title} is now ${index + 1} of ${count}.`
}

export function removed(title: string): string {
  return `${title} is off the list.`
}

/** Of a file in the list: what it is and how long its text. */
export function facts({ text, fault }: ChosenFile): string {
  if (text === undefined) return fault === undefined ? opening : ''
  return `${size(text)}, ${aboutTokens(text.blob.size)}`
}

/** Of a file that cannot be read. */
export function reason({ fault }: ChosenFile): string {
  return fault === undefined ? '' : explain(fault).message
}

/** Of all files in the list. */
export function sizes(files: readonly ChosenFile[]): string {
  const opened = files.filter(isOpened)
  const bytes = opened.reduce((sum, { text }) => sum + text.blob.size, 0)
  const failed = files.filter((file) => file.fault !== undefined).length
  const left = files.length - opened.length - failed
  return [
    `${formatBytes(bytes)} of text, ${aboutTokens(bytes)}`,
    ...(left === 0 ? [] : [`${formatCount(left)} being opened…`]),
    ...(failed === 0 ? [] : [`${formatCount(failed)} cannot be read and will be left out`]),
  ].join(' · ')
}

/** English prose has some four bytes a token; only a model can count. */
function aboutTokens(bytes: number): string {
  return `about ${formatAmount(Math.ceil(bytes / 4))} tokens`
}
