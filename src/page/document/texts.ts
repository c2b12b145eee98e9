// Words about the document.
import { formatBytes, formatCount } from '../format.ts'

export const sample = 'A ship’s log'
export const pasted = 'Pasted text'
export const typed = 'Typed text'
export const dropped = 'Dropped text'
export const noDocument =
  'There is no document yet: paste some text, choose a file, or watch the demonstration.'

export const nothingGiven = 'There is no file in what was dropped.'

/** @param paths of files */
export function unused(paths: readonly string[]): string {
  const [first = '', ...others] = paths
  const more = others.length === 0 ? '' : ` and ${formatCount(others.length)} more`
  return `One model is read with at a time; not used: ${first}${more}.`
}

export function files(count: number): string {
  return `${count} files`
}

export function size({ length, blob }: { readonly length: number; readonly blob: Blob }): string {
  return `${formatCount(length)} characters, ${formatBytes(blob.size)}`
}
