// Words about the document.
import { documentFormats, type Place } from '../../index.ts'
import { formatBytes, formatCount } from '../format.ts'
import type { DocumentText } from './document_text.ts'

export const sample = 'A ship’s log'
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

export const opening = 'It is being opened…'

/** `61,345 characters, 61.4 kB`; of other files `PDF · 214 pages · 512 kB of text`. */
export function size({ format, length, blob, pages, places }: DocumentText): string {
  const bytes = formatBytes(blob.size)
  if (format === 'text') return `${formatCount(length)} characters, ${bytes}`
  const last = places.place.at(-1)
  const [kind, count] =
    pages === undefined
      ? [last?.kind, places.place.length]
      : [format === 'pptx' ? ('slide' as const) : ('page' as const), pages]
  const counted = kind === undefined ? [] : [amount(kind, count)]
  return [documentFormats[format], ...counted, `${bytes} of text`].join(' · ')
}

const nouns: Readonly<Record<Place['kind'], readonly [one: string, more: string]>> = {
  page: ['page', 'pages'],
  line: ['line', 'lines'],
  row: ['row', 'rows'],
  slide: ['slide', 'slides'],
  chapter: ['chapter', 'chapters'],
  heading: ['heading', 'headings'],
  time: ['cue', 'cues'],
  sheet: ['row', 'rows'],
}

function amount(kind: Place['kind'], count: number): string {
  const [one, more] = nouns[kind]
  return `${formatCount(count)} ${count === 1 ? one : more}`
}
