// OpenDocument text, sheets and slides, from content.xml as it is unpacked: paragraphs, headings, tables a line for each row.
import type { Place } from '../api/places.ts'
import { unreadable } from './faults.ts'
import type { OpenFormat, Piece } from './format.ts'
import { RowText } from './row_text.ts'
import { parsed, type XmlHandler } from './xml.ts'
import { elementsOf } from './xml_elements.ts'
import { openZip } from './zip.ts'

export const open: OpenFormat = async (blob) => {
  const zip = await openZip(blob)
  const [encrypted] = await elementsOf(zip, 'META-INF/manifest.xml', ['encryption-data'])
  if (encrypted !== undefined) throw unreadable('is encrypted; save it without a password')
  const [title] = await elementsOf(zip, 'meta.xml', ['dc:title'])
  const text = new OdfText()
  return {
    title: title?.text.trim() || undefined,
    pieces: parsed(zip.chunks('content.xml'), 'xml', text, text.take),
  }
}

/** A cell may be said to repeat a million times, to the end of the sheet. */
const mostRepeats = 100

/** Elements whose text is not the document's. */
const skipped = new Set(['office:annotation', 'text:tracked-changes', 'text:sequence-decls'])

class OdfText implements XmlHandler {
  #pieces: Piece[] = []
  #skipping = 0
  /** the paragraphs that are open: notes and frames stand inside of others */
  readonly #paragraphs: string[] = []
  #sheet = ''
  #isSheets = false
  #slide = 0
  #row = 0
  #rows = new RowText()
  /** of the rows that are open, as tables stand inside of cells */
  readonly #cells: string[][] = []
  #cell = { text: '', repeats: 1 }

  readonly take = (): Piece[] => this.#pieces.splice(0)

  open(name: string, attributes: Readonly<Record<string, string>>): void {
    if (this.#skipping > 0 || skipped.has(name)) {
      this.#skipping += 1
      return
    }
    switch (name) {
      case 'office:spreadsheet':
        this.#isSheets = true
        return
      case 'draw:page':
        this.#slide += 1
        this.#pieces.push({ text: '', place: { kind: 'slide', value: this.#slide } })
        return
      case 'table:table':
        this.#sheet = attributes['table:name'] ?? ''
        this.#row = 0
        if (this.#cells.length === 0) this.#rows = new RowText()
        if (this.#isSheets) this.#pieces.push({ text: `\n${this.#sheet}\n` })
        return
      case 'table:table-row':
        this.#row += 1
        this.#cells.push([])
        return
      case 'table:table-cell':
        this.#cell = {
          text: '',
          repeats: Math.min(
            mostRepeats,
            Number(attributes['table:number-columns-repeated'] ?? 1) || 1,
          ),
        }
        return
      case 'text:p':
      case 'text:h':
        this.#paragraphs.push('')
        return
      case 'text:note':
        this.#append(' [')
        return
      case 'text:s':
        this.#append(' '.repeat(Math.min(mostRepeats, Number(attributes['text:c'] ?? 1) || 1)))
        return
      case 'text:tab':
      case 'text:line-break':
        this.#append(' ')
    }
  }

  text(text: string): void {
    if (this.#skipping === 0) this.#append(text.replace(/\s+/g, ' '))
  }

  close(name: string): void {
    if (this.#skipping > 0) {
      this.#skipping -= 1
      return
    }
    if (name === 'text:note') this.#append(']')
    else if (name === 'text:p' || name === 'text:h') this.#endParagraph(name)
    else if (name === 'table:table-cell') {
      const { text, repeats } = this.#cell
      this.#cells.at(-1)?.push(...Array<string>(repeats).fill(text))
      this.#cell = { text: '', repeats: 1 }
    } else if (name === 'table:table-row') this.#endRow()
    else if (name === 'table:table') this.#pieces.push({ text: '\n' })
  }

  #append(text: string): void {
    const open = this.#paragraphs.pop()
    if (open !== undefined) this.#paragraphs.push(open + text)
  }

  #endParagraph(name: string): void {
    const text = (this.#paragraphs.pop() ?? '').trim()
    if (text === '') return
    if (this.#paragraphs.length > 0) this.#append(text)
    else if (this.#cells.length > 0) this.#cell.text += this.#cell.text === '' ? text : ` ${text}`
    else if (name === 'text:p') this.#pieces.push({ text: `${text}\n\n` })
    else {
      const place: Place = { kind: 'heading', value: text }
      this.#pieces.push({ text: `${text}\n\n`, place })
    }
  }

  #endRow(): void {
    const cells = this.#cells.pop() ?? []
    const text = this.#rows.row(withoutEmptyEnd(cells))
    if (text === '') return
    if (!this.#isSheets) this.#pieces.push({ text })
    else this.#pieces.push({ text, place: { kind: 'sheet', value: this.#sheet, row: this.#row } })
  }
}

function withoutEmptyEnd(cells: readonly string[]): readonly string[] {
  return cells.slice(0, cells.findLastIndex((cell) => cell !== '') + 1)
}
