// Words about the document.
import { formatBytes, formatCount } from '../format.ts'

export const sample = 'A ship’s log'
export const pasted = 'Pasted text'
export const typed = 'Typed text'
export const dropped = 'Dropped text'
export const noDocument =
  'There is no document yet: paste some text, choose a file, or watch the demonstration.'

export function files(count: number): string {
  return `${count} files`
}

export function size({ length, blob }: { readonly length: number; readonly blob: Blob }): string {
  return `${formatCount(length)} characters, ${formatBytes(blob.size)}`
}
