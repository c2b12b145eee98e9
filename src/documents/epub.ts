// EPUB: the chapters in the order of the book's spine, titles from its table of contents. Scripts are not run, and addresses
// that lead out of the book are not followed.
import type { Place } from '../api/places.ts'
import { unreadable } from './faults.ts'
import type { FormatText, OpenFormat, Piece } from './format.ts'
import { MarkupText } from './markup_text.ts'
import { parsed } from './xml.ts'
import { elementsOf } from './xml_elements.ts'
import { openZip, type Zip } from './zip.ts'

export const open: OpenFormat = async (blob): Promise<FormatText> => {
  const zip = await openZip(blob)
  const book = await readPackage(zip)
  const titles = await chapterTitles(zip, book)
  const foreign = book.spine.filter((path) => path === undefined).length
  const missing: string[] = []
  let done = 0
  async function* pieces(): AsyncGenerator<Piece> {
    for (const path of book.spine) {
      if (path !== undefined && !zip.has(path)) missing.push(path)
      else if (path !== undefined) yield* chapter(zip, path, titles.get(path))
      done += 1
    }
  }
  return {
    title: book.title,
    pieces: pieces(),
    share: () => done / Math.max(1, book.spine.length),
    notes: () => [
      ...(foreign === 0
        ? []
        : [`Left out, as the address leads out of the book: ${counted(foreign)}.`]),
      ...(missing.length === 0 ? [] : [`The book lacks ${missing.join(', ')}.`]),
    ],
  }
}

function counted(chapters: number): string {
  return chapters === 1 ? '1 chapter' : `${chapters} chapters`
}

interface Package {
  readonly title: string | undefined
  /** paths in the archive, in reading order; undefined for an address that leads out of it */
  readonly spine: readonly (string | undefined)[]
  /** paths of the tables of contents: EPUB 3's and EPUB 2's */
  readonly nav: string | undefined
  readonly ncx: string | undefined
}

async function readPackage(zip: Zip): Promise<Package> {
  const [root] = await elementsOf(zip, 'META-INF/container.xml', ['rootfile'])
  const path = resolved('', root?.attributes['full-path'] ?? '')
  if (path === undefined || !zip.has(path))
    throw unreadable('is an EPUB book without its list of chapters; fetch it again')
  const items = new Map<string, string | undefined>()
  const spine: (string | undefined)[] = []
  let [title, nav, ncx]: (string | undefined)[] = []
  for (const { name, attributes, text } of await elementsOf(zip, path, [
    'item',
    'itemref',
    'dc:title',
  ])) {
    const { id = '', idref = '', href = '', properties = '' } = attributes
    if (name === 'dc:title') title ??= text.trim() || undefined
    else if (name === 'itemref') spine.push(items.get(idref))
    else {
      const place = resolved(path, href)
      items.set(id, place)
      if (properties.split(/\s+/).includes('nav')) nav = place
      if (attributes['media-type'] === 'application/x-dtbncx+xml') ncx = place
    }
  }
  if (spine.length === 0) throw unreadable('is an EPUB book that lists no chapters; fetch it again')
  return { title, spine, nav, ncx }
}

/** Titles by the file and the `id` in it that they lead to; '' is the file's beginning. */
type Titles = ReadonlyMap<string, ReadonlyMap<string, Place>>

async function chapterTitles(zip: Zip, { nav, ncx }: Package): Promise<Titles> {
  const titles = new Map<string, Map<string, Place>>()
  const add = (from: string, href: string, title: string): void => {
    const [, id = ''] = href.split('#')
    const path = resolved(from, href)
    const value = title.replace(/\s+/g, ' ').trim()
    if (path === undefined || value === '') return
    const ofFile = titles.get(path) ?? new Map<string, Place>()
    // of two titles for one place the outer comes first, the inner says more
    ofFile.set(id, { kind: 'chapter', value })
    titles.set(path, ofFile)
  }
  if (nav !== undefined && zip.has(nav)) {
    for (const { attributes, text } of await elementsOf(zip, nav, ['a'], 'nav'))
      add(nav, attributes['href'] ?? '', text)
  } else if (ncx !== undefined && zip.has(ncx)) {
    let title = ''
    for (const { name, attributes, text } of await elementsOf(
      zip,
      ncx,
      ['text', 'content'],
      'navMap',
    ))
      if (name === 'text') title = text
      else add(ncx, attributes['src'] ?? '', title)
  }
  return titles
}

async function* chapter(
  zip: Zip,
  path: string,
  marks: ReadonlyMap<string, Place> | undefined,
): AsyncGenerator<Piece> {
  const text = new MarkupText({
    // where the table of contents names no place in a file, its own headings do
    placeOf: (title, level) =>
      marks === undefined && level <= 2 ? { kind: 'chapter', value: title } : undefined,
    marks,
    start: marks?.get(''),
  })
  yield* parsed(zip.chunks(path), 'xml', text, text.take)
  yield* text.end()
  yield { text: '\n\n' }
}

/** An address beside a file of the archive, as a path in it; undefined where it leads out. */
export function resolved(from: string, href: string): string | undefined {
  const [address = ''] = href.split('#')
  if (/^[a-z][a-z\d+.-]*:|^\/|\\/i.test(address)) return undefined
  const steps = from.split('/').slice(0, -1)
  for (const step of decoded(address).split('/')) {
    if (step === '..') {
      if (steps.pop() === undefined) return undefined
    } else if (step !== '.' && step !== '') steps.push(step)
  }
  return address === '' ? from : steps.join('/')
}

function decoded(address: string): string {
  try {
    return decodeURIComponent(address)
  } catch {
    return address
  }
}
