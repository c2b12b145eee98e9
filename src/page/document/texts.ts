// Words about the document.
import { documentFormats, type Place } from '../../index.ts'
import { formatBytes, formatCount } from '../format.ts'
import { titleOf, type OpenedFile } from './chosen_files.ts'
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
export const another = 'Choose another'
export const removeAll = 'Remove all'
export const address =
  'An address alone is nothing to read: this page fetches no documents. Open the address in a tab, save what it shows, and drop the file here.'

/** On the button. @param documents that are read one after the other and kept */
export function read(documents: number): string {
  return documents === 1 ? 'Read the document' : `Read and keep ${documents} documents`
}

export function skim(documents: number): string {
  return documents === 1 ? 'Skim it' : `Skim and keep ${documents} documents`
}

/** @param title of one among several */
export function passwordOf(title: string | undefined): string {
  return `Password of ${title ?? 'the document'}`
}

export function noneReadable(count: number): string {
  return `None of the ${count} files can be read; the list says why.`
}

/** What was left out of files, those of several behind their titles. */
export function notesOf(opened: readonly OpenedFile[]): string[] {
  return opened.flatMap((file) =>
    file.text.notes.map((note) => (opened.length === 1 ? note : `${titleOf(file)}: ${note}`)),
  )
}

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
  document: ['document', 'documents'],
}

function amount(kind: Place['kind'], count: number): string {
  const [one, more] = nouns[kind]
  return `${formatCount(count)} ${count === 1 ? one : more}`
}
