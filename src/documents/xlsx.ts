// Excel: the sheets in their order, a line for each row with its cells behind their columns' names. Values are those that Excel
// computed last; dates are told by their cell's format.
import type { OpenFormat, Piece } from './format.ts'
import { relationsOf, titleOf } from './office_parts.ts'
import { RowText } from './row_text.ts'
import { parsed, type XmlHandler } from './xml.ts'
import { elementsOf } from './xml_elements.ts'
import { openZip, type Zip } from './zip.ts'

const workbook = 'xl/workbook.xml'

export const open: OpenFormat = async (blob) => {
  const zip = await openZip(blob)
  const relations = await relationsOf(zip, workbook)
  const strings = await sharedStrings(zip)
  const styles = await dateStyles(zip)
  const sheets = await elementsOf(zip, workbook, ['sheet', 'workbookPr'])
  const since1904 = sheets.some(({ attributes }) => /^(1|true)$/.test(attributes['date1904'] ?? ''))
  async function* pieces(): AsyncGenerator<Piece> {
    for (const { name: element, attributes } of sheets) {
      const path = relations.get(attributes['r:id'] ?? '')
      const { name = '', state = '' } = attributes
      if (element !== 'sheet' || path === undefined || !zip.has(path)) continue
      yield { text: `${name}${state === '' || state === 'visible' ? '' : ' (hidden)'}\n` }
      const text = new SheetText(name, strings, styles, since1904)
      yield* parsed(zip.chunks(path), 'xml', text, text.take)
      yield { text: '\n' }
    }
  }
  return { title: await titleOf(zip), pieces: pieces() }
}

/** Strings that cells name by their number. */
async function sharedStrings(zip: Zip): Promise<readonly string[]> {
  const strings: string[] = []
  let [current, isText, isReading] = ['', false, false]
  const handler: XmlHandler = {
    open(name) {
      if (name === 'si') current = ''
      isReading ||= name === 'rPh' // how it is pronounced
      isText = name === 't' && !isReading
    },
    text(text) {
      if (isText) current += text
    },
    close(name) {
      if (name === 'si') strings.push(current)
      if (name === 'rPh') isReading = false
      if (name === 't') isText = false
    },
  }
  if (zip.has('xl/sharedStrings.xml'))
    for await (const _ of parsed(zip.chunks('xl/sharedStrings.xml'), 'xml', handler, () => []));
  return strings
}

/** Formats that Excel knows by number and that are of dates. */
const builtInDates = new Set([14, 15, 16, 17, 22, 27, 30, 36, 45, 46, 47, 50, 57])

/** Of each cell style by its number, whether it writes a date. */
async function dateStyles(zip: Zip): Promise<readonly boolean[]> {
  const formats = new Set(builtInDates)
  for (const { attributes } of await elementsOf(zip, 'xl/styles.xml', ['numFmt'])) {
    const code = (attributes['formatCode'] ?? '').replace(/"[^"]*"|\[[^\]]*\]|\\./g, '')
    if (/[dmyhs]/i.test(code) && !/general/i.test(code)) formats.add(Number(attributes['numFmtId']))
  }
  const styles = await elementsOf(zip, 'xl/styles.xml', ['xf'], 'cellXfs')
  return styles.map(({ attributes }) => formats.has(Number(attributes['numFmtId'])))
}

class SheetText implements XmlHandler {
  readonly #name: string
  readonly #strings: readonly string[]
  readonly #styles: readonly boolean[]
  readonly #since1904: boolean
  readonly #rows = new RowText()
  #pieces: Piece[] = []
  #row = 0
  #cells: string[] = []
  #cell = { type: '', style: 0, value: '' }
  #isValue = false

  constructor(
    name: string,
    strings: readonly string[],
    styles: readonly boolean[],
    since1904: boolean,
  ) {
    this.#name = name
    this.#strings = strings
    this.#styles = styles
    this.#since1904 = since1904
  }

  readonly take = (): Piece[] => this.#pieces.splice(0)

  open(name: string, attributes: Readonly<Record<string, string>>): void {
    if (name === 'row') {
      this.#row = Number(attributes['r'] ?? this.#row + 1)
      this.#cells = []
    } else if (name === 'c') {
      const column = columnOf(attributes['r']) ?? this.#cells.length
      while (this.#cells.length < column) this.#cells.push('')
      this.#cell = { type: attributes['t'] ?? 'n', style: Number(attributes['s'] ?? 0), value: '' }
    } else this.#isValue = name === 'v' || name === 't'
  }

  text(text: string): void {
    if (this.#isValue) this.#cell.value += text
  }

  close(name: string): void {
    if (name === 'v' || name === 't') this.#isValue = false
    else if (name === 'c') this.#cells.push(this.#shown())
    else if (name === 'row') {
      const text = this.#rows.row(this.#cells)
      if (text === '') return
      this.#pieces.push({ text, place: { kind: 'sheet', value: this.#name, row: this.#row } })
    }
  }

  #shown(): string {
    const { type, style, value } = this.#cell
    if (type === 's') return this.#strings[Number(value)] ?? ''
    if (type === 'b') return value === '1' ? 'TRUE' : 'FALSE'
    if (type === 'n' && value !== '' && this.#styles[style] === true)
      return dateOf(Number(value), this.#since1904)
    return value
  }
}

/** Beyond Excel's last, XFD. */
const mostColumns = 16_384

/** `C7` → 2. */
function columnOf(reference: string | undefined): number | undefined {
  const letters = /^[A-Z]{1,3}/.exec(reference ?? '')?.[0]
  if (letters === undefined) return undefined
  const column =
    Array.from(letters).reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0) - 1
  return Math.min(column, mostColumns)
}

/** A day number as ISO 8601, with the time where there is one. */
function dateOf(days: number, since1904: boolean): string {
  const first = since1904 ? Date.UTC(1904, 0, 1) : Date.UTC(1899, 11, 30)
  const date = new Date(first + Math.round(days * 86_400) * 1000)
  if (Number.isNaN(date.getTime())) return String(days)
  const [day = '', time = ''] = date.toISOString().split('T')
  if (Math.abs(days) < 1) return time.slice(0, 8)
  return time.startsWith('00:00:00') ? day : `${day} ${time.slice(0, 8)}`
}
