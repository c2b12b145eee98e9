// Text as bytes in an encoding that browsers only decode: the decoder is asked for every byte and every pair of bytes.
const tables = new Map<string, ReadonlyMap<string, readonly number[]>>()

function tableOf(encoding: string): ReadonlyMap<string, readonly number[]> {
  const known = tables.get(encoding)
  if (known !== undefined) return known
  const table = new Map<string, readonly number[]>()
  const add = (...bytes: number[]) => {
    // as part of a stream: Node 20 takes a whole text in windows-1252 for ISO-8859-1
    const text = new TextDecoder(encoding).decode(Uint8Array.from(bytes), { stream: true })
    if (Array.from(text).length !== 1 || text === '\ufffd' || table.has(text)) return
    table.set(text, bytes)
  }
  for (let byte = 0; byte < 256; byte++) add(byte)
  for (let lead = 0x81; lead < 0xff; lead++) {
    for (let trail = 0x40; trail < 0xff; trail++) add(lead, trail)
  }
  tables.set(encoding, table)
  return table
}

/** Throws at a character that the encoding lacks. */
export function encodeText(text: string, encoding: string): Uint8Array<ArrayBuffer> {
  if (encoding === 'utf-8') return new TextEncoder().encode(text)
  const wide = /^utf-(16|32)(le|be)$/.exec(encoding)
  if (wide) return inUnits(text, wide[1] === '16' ? 2 : 4, wide[2] === 'le')
  const table = tableOf(encoding)
  return Uint8Array.from(
    Array.from(text).flatMap((character) => {
      const bytes = table.get(character)
      if (bytes === undefined) throw new Error(`${encoding} has no ${character}`)
      return bytes
    }),
  )
}

function inUnits(text: string, bytes: 2 | 4, isLittle: boolean): Uint8Array<ArrayBuffer> {
  const units =
    bytes === 2
      ? text.split('').map((unit) => unit.charCodeAt(0))
      : Array.from(text, (character) => character.codePointAt(0) ?? 0)
  const view = new DataView(new ArrayBuffer(units.length * bytes))
  units.forEach((unit, i) => {
    if (bytes === 2) view.setUint16(2 * i, unit, isLittle)
    else view.setUint32(4 * i, unit, isLittle)
  })
  return new Uint8Array(view.buffer)
}
