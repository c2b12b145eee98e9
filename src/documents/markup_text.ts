// HTML as text: paragraphs apart, lists and tables a line for each item and row, headings as places. Nothing of it is run.
import type { Place } from '../api/places.ts'
import type { Piece } from './format.ts'
import type { XmlHandler } from './xml.ts'

/** Elements whose content is no text to read. */
const skipped = new Set([
  ...['script', 'style', 'head', 'noscript', 'template', 'svg', 'iframe', 'object', 'canvas'],
  ...['audio', 'video', 'select', 'textarea', 'math', 'rp', 'rt'],
])

/** Elements that stand apart from what is around them. */
const blocks = new Set([
  ...['p', 'div', 'section', 'article', 'header', 'footer', 'main', 'aside', 'nav', 'body'],
  ...['blockquote', 'figure', 'figcaption', 'address', 'form', 'fieldset', 'dl', 'hr', 'pre'],
  ...['table', 'caption', 'ul', 'ol', 'details', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6'],
])

/** Elements that stand in a line of their own. */
const ownLine = new Set(['li', 'tr', 'dt', 'dd', 'summary', 'option'])

const headings = new Set(['h1', 'h2', 'h3', 'h4', 'h5', 'h6'])

/** How the text is made; each is told by what it does. */
export interface MarkupOptions {
  /** the place of a heading with these words; undefined where a heading is none */
  readonly placeOf: (title: string, level: number) => Place | undefined
  /** places by the `id` of the element that they begin at */
  readonly marks?: ReadonlyMap<string, Place> | undefined
  /** the place that the text begins at */
  readonly start?: Place | undefined
}

export class MarkupText implements XmlHandler {
  readonly #options: MarkupOptions
  #pieces: Piece[] = []
  /** the line that is being written, what a list puts before it, and the line ends between it and the last one */
  #line = ''
  #bullet = ''
  #gap = ''
  #isBegun = false
  /** elements that are open and skipped, of each name */
  #skipping: string[] = []
  #pre = 0
  /** numbers of the lists that are open; undefined of one without numbers */
  readonly #lists: (number | undefined)[] = []
  #heading: number | undefined
  #place: Place | undefined
  /** cells of the row so far, and what is known of the one that is open */
  #cells = 0
  #cell: { isEmpty: boolean; breaks: boolean } | undefined
  #inNote = false
  #title = ''
  #inTitle = false

  constructor(options: MarkupOptions) {
    this.#options = options
    this.#place = options.start
  }

  /** What the page's `title` element holds. */
  get title(): string {
    return this.#title.replace(/\s+/g, ' ').trim()
  }

  /** The pieces since the last call. */
  readonly take = (): Piece[] => this.#pieces.splice(0)

  /** Ends the last line. */
  end(): Piece[] {
    this.#endLine(0)
    return this.take()
  }

  open(name: string, attributes: Readonly<Record<string, string>>): void {
    if (name === 'title') this.#inTitle = true
    if (name === 'body') this.#skipping = [] // of a head that is not closed
    if (this.#skipping.length > 0 || skipped.has(name)) {
      this.#skipping.push(name)
      return
    }
    if (blocks.has(name)) this.#endBlock(name === 'ul' || name === 'ol' ? 1 : 2)
    const id = attributes['id'] ?? attributes['name']
    const mark = id === undefined ? undefined : this.#options.marks?.get(id)
    if (mark !== undefined) {
      this.#endLine(2)
      this.#place = mark
    }
    if (ownLine.has(name) || name === 'br') this.#endBlock(1)
    if (name === 'ul') this.#lists.push(undefined)
    if (name === 'ol') this.#lists.push(Number(attributes['start'] ?? 1) || 1)
    if (name === 'li') this.#bullet = this.#nextBullet()
    if (name === 'tr') this.#cells = 0
    if (name === 'td' || name === 'th') {
      if (this.#cells++ > 0) this.#line += ' | '
      this.#cell = { isEmpty: true, breaks: false }
    }
    if (name === 'pre') this.#pre += 1
    if (headings.has(name)) this.#heading = Number(name[1])
    if (isNoteReference(attributes)) {
      this.#inNote = true
      this.#line += '['
    }
  }

  text(text: string): void {
    if (this.#inTitle) this.#title += text
    if (this.#skipping.length > 0) return
    if (this.#pre > 0) {
      const [first = '', ...others] = text.split('\n')
      this.#line += first
      for (const line of others) {
        this.#endLine(1)
        this.#line = line
      }
      return
    }
    if (this.#cell !== undefined && text.trim() !== '') {
      const { breaks } = this.#cell
      this.#cell = { isEmpty: false, breaks: false }
      if (breaks) this.#endLine(1)
    }
    // white space in a row counts as one space, and as none at the beginning of a line
    const words = text.replace(/[ \t\n\r\f]+/g, ' ')
    this.#line += this.#line === '' || this.#line.endsWith(' ') ? words.replace(/^ /, '') : words
  }

  close(name: string): void {
    if (name === 'title') this.#inTitle = false
    if (this.#skipping.length > 0) {
      if (this.#skipping.includes(name))
        this.#skipping = this.#skipping.slice(0, this.#skipping.lastIndexOf(name))
      return
    }
    if (name === 'a' && this.#inNote) {
      this.#inNote = false
      this.#line += ']'
    }
    if (name === 'pre') this.#pre = Math.max(0, this.#pre - 1)
    if (name === 'ul' || name === 'ol') this.#lists.pop()
    if (name === 'td' || name === 'th') this.#cell = undefined
    if (blocks.has(name)) this.#endBlock(this.#lists.length > 0 ? 1 : 2)
    if (ownLine.has(name)) this.#endBlock(1)
    if (name === 'li') this.#bullet = ''
    if (headings.has(name)) this.#heading = undefined
  }

  #nextBullet(): string {
    const number = this.#lists.at(-1)
    const indent = '  '.repeat(Math.max(0, this.#lists.length - 1))
    if (number === undefined) return `${indent}- `
    this.#lists[this.#lists.length - 1] = number + 1
    return `${indent}${number}. `
  }

  /** A block that is alone in its cell stays in the row's line. */
  #endBlock(lines: number): void {
    if (this.#cell === undefined) this.#endLine(lines)
    else if (!this.#cell.isEmpty) this.#cell.breaks = true
  }

  /** @param lines line ends, at least, before what follows */
  #endLine(lines: number): void {
    const written = this.#line.trimEnd()
    this.#line = ''
    if (written !== '' || this.#pre > 0) {
      const place = this.#place ?? this.#placeOf(written.trim())
      const line = this.#bullet + written
      const gap = this.#isBegun ? this.#gap || '\n' : ''
      if (place === undefined) this.#pieces.push({ text: gap + line })
      else this.#pieces.push({ text: gap }, { text: line, place })
      this.#place = undefined
      this.#bullet = ''
      this.#isBegun = true
      this.#gap = ''
    }
    if (lines > this.#gap.length) this.#gap = '\n'.repeat(lines)
  }

  #placeOf(title: string): Place | undefined {
    return this.#heading === undefined ? undefined : this.#options.placeOf(title, this.#heading)
  }
}

/** The anchor of a note in an EPUB book. */
function isNoteReference(attributes: Readonly<Record<string, string>>): boolean {
  return (attributes['epub:type'] ?? '').split(/\s+/).includes('noteref')
}
