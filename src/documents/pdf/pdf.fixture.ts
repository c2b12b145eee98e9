// PDF files written by hand: plain objects and a cross-reference table, text in Helvetica at given places.
import { createHash } from 'node:crypto'

export interface Drawn {
  readonly text: string
  readonly x: number
  readonly y: number
  readonly size?: number
}

export interface PdfShape {
  readonly pages: readonly (readonly Drawn[])[]
  readonly title?: string
  /** what the file says, if it lies */
  readonly count?: number
  /** the user's password, of 40-bit RC4 */
  readonly password?: string
  /** character codes → the characters that they stand for */
  readonly unicode?: Readonly<Record<number, string>>
  /** a predefined character map of codes of two bytes, and the characters that it is for: `Japan1` */
  readonly predefined?: { readonly map: string; readonly ordering: string }
  /** lines from the top down, of codes of two bytes */
  readonly isVertical?: boolean
}

/** Each line of a column 14 points below the last, from a height on. */
export function column(lines: readonly string[], x: number, top: number, size = 11): Drawn[] {
  return lines.map((text, i) => ({ text, x, y: top - 14 * i, size }))
}

export function pdfFile(shape: PdfShape): Blob {
  const { pages, title, count = pages.length, unicode } = shape
  const lock = shape.password === undefined ? undefined : lockOf(shape.password)
  const kids = pages.map((_, i) => `${10 + 2 * i} 0 R`).join(' ')
  const objects = new Map<number, string>([
    [1, '<< /Type /Catalog /Pages 2 0 R >>'],
    [2, `<< /Type /Pages /Kids [${kids}] /Count ${count} >>`],
    [
      3,
      shape.predefined
        ? `<< /Type /Font /Subtype /Type0 /BaseFont /V /Encoding /${shape.predefined.map} /DescendantFonts [7 0 R] >>`
        : shape.isVertical === true
          ? '<< /Type /Font /Subtype /Type0 /BaseFont /V /Encoding /Identity-V /DescendantFonts [7 0 R] /ToUnicode 5 0 R >>'
          : `<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding ${unicode ? '/ToUnicode 5 0 R' : ''} >>`,
    ],
    [4, `<< ${title === undefined ? '' : `/Title ${literal(sealed(lock, 4, title))}`} >>`],
  ])
  if (shape.isVertical === true || shape.predefined) {
    const ordering = shape.predefined?.ordering ?? 'Identity'
    objects.set(
      7,
      `<< /Type /Font /Subtype /CIDFontType2 /BaseFont /V /CIDSystemInfo << /Registry (Adobe) /Ordering (${ordering}) /Supplement 0 >> /FontDescriptor 8 0 R >>`,
    )
    objects.set(
      8,
      '<< /Type /FontDescriptor /FontName /V /Flags 4 /FontBBox [0 -200 1000 900] /ItalicAngle 0 /Ascent 900 /Descent -200 /CapHeight 700 /StemV 80 >>',
    )
  }
  if (unicode !== undefined)
    objects.set(5, stream(sealed(lock, 5, unicodeMap(unicode, shape.isVertical === true ? 4 : 2))))
  pages.forEach((drawn, i) => {
    const page = 10 + 2 * i
    objects.set(
      page,
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Resources << /Font << /F 3 0 R >> >> /Contents ${page + 1} 0 R >>`,
    )
    const content = drawn
      .map(({ text, x, y, size = 11 }) => `BT /F ${size} Tf ${x} ${y} Td ${literal(text)} Tj ET`)
      .join('\n')
    objects.set(page + 1, stream(sealed(lock, page + 1, content)))
  })
  if (lock !== undefined) {
    const { owner, user, permissions } = lock
    objects.set(
      6,
      `<< /Filter /Standard /V 1 /R 2 /O ${literal(owner)} /U ${literal(user)} /P ${permissions} >>`,
    )
  }
  return new Blob([bytesOf(written(objects, lock !== undefined))])
}

function written(objects: ReadonlyMap<number, string>, isLocked: boolean): string {
  let file = '%PDF-1.4\n'
  const offsets = new Map<number, number>()
  for (const [number, object] of objects) {
    offsets.set(number, file.length)
    file += `${number} 0 obj\n${object}\nendobj\n`
  }
  const size = Math.max(...objects.keys()) + 1
  const table = Array.from({ length: size }, (_, number) => {
    const offset = offsets.get(number)
    return offset === undefined
      ? '0000000000 65535 f \n'
      : `${String(offset).padStart(10, '0')} 00000 n \n`
  })
  const encrypt = isLocked ? `/Encrypt 6 0 R /ID [${literal(id)} ${literal(id)}]` : ''
  return `${file}xref\n0 ${size}\n${table.join('')}trailer\n<< /Size ${size} /Root 1 0 R /Info 4 0 R ${encrypt} >>\nstartxref\n${file.length}\n%%EOF\n`
}

function stream(content: string): string {
  return `<< /Length ${content.length} >>\nstream\n${content}\nendstream`
}

/** A string of bytes, each a character up to 0xff. */
function literal(text: string): string {
  const escaped = text.replace(/[\\()\r\n]/g, (character) => {
    return `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`
  })
  return `(${escaped})`
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text, (character) => character.charCodeAt(0))
}

/** @param digits of a code, in base 16 */
function unicodeMap(unicode: Readonly<Record<number, string>>, digits: number): string {
  const hex = (number: number, digits: number) => number.toString(16).padStart(digits, '0')
  const lines = Object.entries(unicode).map(
    ([code, character]) => `<${hex(Number(code), digits)}> <${hex(character.charCodeAt(0), 4)}>`,
  )
  return `/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def
1 begincodespacerange <${'0'.repeat(digits)}> <${'f'.repeat(digits)}> endcodespacerange
${lines.length} beginbfchar
${lines.join('\n')}
endbfchar endcmap end end`
}

const id = 'longtab-fixture-'
const padding = String.fromCharCode(
  ...[0x28, 0xbf, 0x4e, 0x5e, 0x4e, 0x75, 0x8a, 0x41, 0x64, 0x00, 0x4e, 0x56, 0xff, 0xfa, 0x01],
  ...[0x08, 0x2e, 0x2e, 0x00, 0xb6, 0xd0, 0x68, 0x3e, 0x80, 0x2f, 0x0c, 0xa9, 0xfe, 0x64, 0x53],
  ...[0x69, 0x7a],
)

/** The standard security handler of revision 2 (ISO 32000-1, 7.6.3). */
interface Lock {
  readonly key: string
  readonly owner: string
  readonly user: string
  readonly permissions: number
}

function lockOf(password: string): Lock {
  const permissions = -4
  const padded = (password + padding).slice(0, 32)
  const owner = rc4(md5(padded).slice(0, 5), padded)
  const flags = String.fromCharCode(0xfc, 0xff, 0xff, 0xff)
  const key = md5(padded + owner + flags + id).slice(0, 5)
  return { key, owner, user: rc4(key, padding), permissions }
}

function sealed(lock: Lock | undefined, object: number, text: string): string {
  if (lock === undefined) return text
  const number = String.fromCharCode(object & 0xff, object >> 8, 0, 0, 0)
  return rc4(md5(lock.key + number).slice(0, 10), text)
}

function md5(text: string): string {
  return createHash('md5').update(Buffer.from(text, 'latin1')).digest().toString('latin1')
}

function rc4(key: string, text: string): string {
  const state = Array.from({ length: 256 }, (_, i) => i)
  const swap = (i: number, j: number) => {
    const held = state[i] ?? 0
    state[i] = state[j] ?? 0
    state[j] = held
  }
  for (let i = 0, j = 0; i < 256; i++) {
    j = (j + (state[i] ?? 0) + key.charCodeAt(i % key.length)) & 255
    swap(i, j)
  }
  let [i, j] = [0, 0]
  return Array.from(text, (character) => {
    i = (i + 1) & 255
    j = (j + (state[i] ?? 0)) & 255
    swap(i, j)
    const mask = state[((state[i] ?? 0) + (state[j] ?? 0)) & 255] ?? 0
    return String.fromCharCode(character.charCodeAt(0) ^ mask)
  }).join('')
}
