// Words of the instrument while it reads.
import type { Progress } from '../../index.ts'
import { formatBytes, formatBytesApart, formatCount, formatShare } from '../format.ts'

/** for what is not known */
export const none = '–'
export const loading = 'Loading the model'
export const downloading = 'Downloading the model'
export const preparing = 'Preparing the GPU'
export const reading = 'Reading'
export const read = 'Read.'
export const skimmed = 'Skimmed. The model reads the passages that a question finds.'
export const readInFlatMemory = 'Read. Memory did not grow by a byte.'
/** @param bytes of host memory */
export function beside(bytes: number): string {
  return `${formatBytes(bytes)} outside the GPU hold what questions look up.`
}

export const opening = 'Opening the saved document'
export const opened = 'Opened as it was read.'

export const tell = 'Tell me when it is read'
export const willTell = 'You will be told'
export const mayNotTell = 'This browser does not allow it'

export function readToTheEnd(name: string): string {
  return `${name} is read. You can ask about it now.`
}

export const timeLeft = 'time left'
export const took = 'took'

/** Of the tab. */
export function title(words: string): string {
  return `${words} · Longtab`
}

const done: Record<Progress['phase'], string> = {
  download: 'downloaded',
  load: 'loaded',
  compile: 'loaded',
  read: 'read',
  save: 'saved',
  open: 'opened',
}

export function shareDone(share: number, phase: Progress['phase']): string {
  return `${formatShare(share)} ${done[phase]}`
}

export function shareOfDocument(share: number): string {
  return `${formatShare(share)} of the document`
}

/** Bytes while loading, shaders while they are compiled. */
export function loaded({ phase, done, total }: Progress): string {
  const format = phase === 'compile' ? formatCount : formatBytes
  const all = total === undefined ? '' : ` of ${format(total)}`
  return `${format(done)}${all}${phase === 'compile' ? ' shaders' : ''}`
}

/** What the memory chart shows, for those who do not see it. */
export function memory(sizes: readonly number[], tokens: number, grown: number): string {
  const [least, most] = [Math.min(...sizes), Math.max(...sizes)]
  const [from, to] = formatBytesApart(least, most)
  const used =
    least === most ? `GPU memory stayed at ${to}` : `GPU memory went from ${from} to ${to}`
  return `${used} over ${formatCount(tokens)} tokens; with a growing cache it would be ${formatBytes(grown)} by now.`
}

/** @param heads what it kept by, when that is known */
export function readBy(model: string, heads?: string): string {
  return heads === undefined ? `with ${model}` : `with ${model}, ${heads}`
}
