// PDF: the text layer page by page, in reading order. Pages are parsed one after the other as their text is taken; a few ahead,
// to know what repeats on every page.
import type { PDFDocumentProxy, PDFPageProxy } from 'pdfjs-dist/legacy/build/pdf.mjs'
import { LongtabError } from '../../api/errors.ts'
import { requireAtMost, unreadable } from '../faults.ts'
import type { FormatOptions, FormatText, OpenFormat, Piece } from '../format.ts'
import { CharacterMaps } from './character_maps.ts'
import { inReadingOrder } from './columns.ts'
import { linesOfPage, type Run } from './line.ts'
import { continued, paragraphsOf } from './paragraphs.ts'
import { withoutRepeated, type PageLines } from './repeated.ts'

/** Pages before and after one among which its headers and footers are looked for. */
const around = 6
/** Pages in a row that cannot be read before the rest is given up: a file may say that it has a million. */
const mostFailures = 50
/** Bytes of the file that are asked for at once, and at most: the parser reserves room for all of it. */
const rangeBytes = 2 ** 18
const mostBytes = 2 ** 30

export const open: OpenFormat = async (blob, options): Promise<FormatText> => {
  requireAtMost(blob.size, mostBytes, 'PDF')
  const { pdf, failed: lost } = await openPdf(blob, options)
  const { numPages } = pdf
  const empty: number[] = []
  const failed: number[] = []
  let givenUp = 0 // pages after the last that was tried
  const repeated = new Map<string, number>() // what was left out → on how many pages
  let done = 0

  async function* pages(): AsyncGenerator<PageLines> {
    let failures = 0
    for (let page = 1; page <= numPages; page++) {
      const read = await Promise.race([readPage(pdf, page).catch(() => undefined), lost])
      failures = read === undefined ? failures + 1 : 0
      if (read === undefined) failed.push(page)
      else if (read.lines.length === 0) empty.push(page)
      if (failures === mostFailures) {
        givenUp = numPages - page
        return
      }
      yield read ?? { page, height: 0, lines: [] }
    }
  }

  async function* pieces(): AsyncGenerator<Piece> {
    let isBlank = true
    let last = '' // the last page's text, which the next may go on
    for await (const [own, window] of withNeighbours(pages(), around)) {
      const lines = withoutRepeated(own, window, (key) => {
        repeated.set(key, (repeated.get(key) ?? 0) + 1)
      })
      done = own.page
      const text = paragraphsOf(inReadingOrder(lines))
      isBlank &&= own.lines.length === 0
      if (text === '') continue
      const both = continued(last, text)
      yield { text: both.slice(0, both.length - text.length) }
      yield { text: '', place: { kind: 'page', value: own.page } }
      last = text
    }
    yield { text: `${last}\n` }
    if (isBlank) throw noText(numPages, failed.length + givenUp)
  }

  return {
    title: await titleOf(pdf),
    pages: numPages,
    pieces: pieces(),
    share: () => done / numPages,
    close: () => void pdf.loadingTask.destroy(),
    notes: () => [
      ...(empty.length === 0
        ? []
        : [pagesNote(empty, 'no text layer', 'it may be a scan', 'they may be scans')]),
      ...(givenUp === 0
        ? []
        : [
            `The last ${givenUp.toLocaleString('en-US')} of ${numPages.toLocaleString('en-US')} pages are missing.`,
          ]),
      ...(failed.length === 0
        ? []
        : [pagesNote(failed, 'faults', 'it was left out', 'they were left out')]),
      ...(repeated.size === 0 ? [] : [repeatedNote(repeated)]),
    ],
  }
}

/** A PDF being read, and what its file fails with if it does. */
interface OpenPdf {
  readonly pdf: PDFDocumentProxy
  readonly failed: Promise<never>
}

async function openPdf(blob: Blob, { password }: FormatOptions): Promise<OpenPdf> {
  // the parser runs in this very thread, which is a worker already
  const [pdfjs, worker] = await Promise.all([
    import('pdfjs-dist/legacy/build/pdf.mjs'),
    import('pdfjs-dist/legacy/build/pdf.worker.mjs'),
  ])
  Object.assign(globalThis, { pdfjsWorker: worker })
  const range = new pdfjs.PDFDataRangeTransport(blob.size, null)
  const failed = new Promise<never>((_, reject) => {
    range.requestDataRange = (begin, end) => {
      blob
        .slice(begin, end)
        .arrayBuffer()
        .then((bytes) => range.onDataRange(begin, new Uint8Array(bytes)), reject)
    }
  })
  failed.catch(() => undefined) // whoever waits for a page is told
  const loading = pdfjs.getDocument({
    range,
    rangeChunkSize: rangeBytes,
    ...(password === undefined ? {} : { password }),
    BinaryDataFactory: CharacterMaps,
    cMapPacked: true,
    disableAutoFetch: true,
    disableStream: true,
    disableFontFace: true,
    useSystemFonts: false,
    useWorkerFetch: false,
    useWasm: false,
    isEvalSupported: false,
    isOffscreenCanvasSupported: false,
    isImageDecoderSupported: false,
    enableXfa: false,
    stopAtErrors: false,
    verbosity: pdfjs.VerbosityLevel.ERRORS,
  })
  try {
    return { pdf: await Promise.race([loading.promise, failed]), failed }
  } catch (error) {
    await loading.destroy()
    throw isPasswordError(error) ? locked(password) : error
  }
}

function isPasswordError(error: unknown): boolean {
  return error instanceof Error && error.name === 'PasswordException'
}

function locked(password: string | undefined): LongtabError {
  return new LongtabError(
    'needs-password',
    password === undefined
      ? 'the document is an encrypted PDF; give its password'
      : 'the password does not open the document, an encrypted PDF; give another',
  )
}

async function readPage(pdf: PDFDocumentProxy, number: number): Promise<PageLines> {
  const page = await pdf.getPage(number)
  const { height } = page.getViewport({ scale: 1 })
  const lines = linesOfPage(await runsOf(page))
  page.cleanup()
  return { page: number, height, lines }
}

/** The glyphs of a page, turned as it is shown. */
async function runsOf(page: PDFPageProxy): Promise<Run[]> {
  const { items, styles } = await page.getTextContent()
  const { transform, height: pageHeight } = page.getViewport({ scale: 1 })
  const [a = 1, b = 0, c = 0, d = 1, e = 0, f = 0] = transform
  return items.flatMap((item) => {
    if (!('str' in item)) return []
    const [, , sx = 0, sy = 0, ux = 0, uy = 0] = item.transform as number[]
    const height = Math.hypot(sx, sy) || item.height || 1
    const x = a * ux + c * uy + e
    const down = b * ux + d * uy + f
    const isRightToLeft = item.dir === 'rtl'
    const isVertical = styles[item.fontName]?.vertical === true
    return [
      {
        text: item.str,
        x,
        y: pageHeight - down,
        width: item.width,
        height,
        isRightToLeft,
        isVertical,
      },
    ]
  })
}

/** Each page with those before and after it, as soon as these are there. */
async function* withNeighbours(
  pages: AsyncIterable<PageLines>,
  reach: number,
): AsyncGenerator<readonly [PageLines, readonly PageLines[]]> {
  const window: PageLines[] = []
  let next = 0 // of the window's pages
  for await (const page of pages) {
    window.push(page)
    while (window.length - next > reach) {
      const own = window[next]
      if (own !== undefined) yield [own, window]
      next += 1
      if (next > reach) {
        window.shift()
        next -= 1
      }
    }
  }
  for (; next < window.length; next++) {
    const own = window[next]
    if (own !== undefined) yield [own, window]
  }
}

/** The title that the file says it has, unless a program made it of a file's name. */
async function titleOf(pdf: PDFDocumentProxy): Promise<string | undefined> {
  const { info } = await pdf.getMetadata().catch(() => ({ info: {} }))
  const { Title: title } = info as { readonly Title?: unknown }
  const name = typeof title === 'string' ? title.trim() : ''
  return name === '' || /^untitled$|^microsoft word|\.(docx?|tex|dvi|indd|qxd)$/i.test(name)
    ? undefined
    : name
}

function noText(pages: number, failed: number): LongtabError {
  if (failed === pages)
    return unreadable(`is damaged: none of its ${pages} pages can be read; fetch it again`)
  const count = pages === 1 ? 'its one page has' : `none of its ${pages} pages has`
  const negated = pages === 1 ? 'no text layer' : 'a text layer'
  return unreadable(
    `is a scan: ${count} ${negated}; run text recognition (OCR) over it first, then read the result`,
  )
}

/** `Pages 3, 7–9 have no text layer (they may be scans).` */
function pagesNote(pages: readonly number[], lack: string, one: string, more: string): string {
  const single = pages.length === 1
  return `${single ? 'Page' : 'Pages'} ${ranges(pages)} ${single ? 'has' : 'have'} ${lack} (${single ? one : more}).`
}

const mostRanges = 20

function ranges(pages: readonly number[]): string {
  const spans: [number, number][] = []
  for (const page of pages) {
    const last = spans.at(-1)
    if (last !== undefined && last[1] === page - 1) last[1] = page
    else spans.push([page, page])
  }
  const shown = spans
    .slice(0, mostRanges)
    .map(([from, to]) => (from === to ? from : `${from}–${to}`))
  return shown.join(', ') + (spans.length > mostRanges ? ' and others' : '')
}

const mostShown = 3

function repeatedNote(repeated: ReadonlyMap<string, number>): string {
  const most = [...repeated].sort(([, a], [, b]) => b - a).slice(0, mostShown)
  const shown = most.map(([key]) => `“${key}”`).join(', ')
  const rest = repeated.size > mostShown ? ' and others' : ''
  return `Lines that repeat at the top or bottom of pages were left out: ${shown}${rest} (# is a number).`
}
