// The encodings that a document may be in, and their decoders: those of TextDecoder, and UTF-32, which it lacks.
import { LongtabError } from '../api/errors.ts'

/**
 * The encodings that a document may be in, by their names in the Encoding standard, with UTF-32, which it lacks. Related ones
 * stand together.
 */
export const encodings: readonly string[] = [
  'utf-8',
  'utf-16le',
  'utf-16be',
  'utf-32le',
  'utf-32be',
  'windows-1252',
  'iso-8859-15',
  'macintosh',
  'windows-1250',
  'iso-8859-2',
  'windows-1257',
  'iso-8859-4',
  'iso-8859-13',
  'windows-1254',
  'iso-8859-3',
  'iso-8859-10',
  'iso-8859-14',
  'windows-1251',
  'koi8-r',
  'koi8-u',
  'iso-8859-5',
  'ibm866',
  'x-mac-cyrillic',
  'windows-1253',
  'iso-8859-7',
  'windows-1255',
  'iso-8859-8',
  'windows-1256',
  'iso-8859-6',
  'windows-874',
  'windows-1258',
  'gb18030',
  'gbk',
  'big5',
  'shift_jis',
  'euc-jp',
  'iso-2022-jp',
  'euc-kr',
]

/** Decodes a stream of bytes. A byte order mark stays. */
export interface Decoder {
  /** @param more whether bytes follow, so that a character cut at the end waits for them */
  decode(bytes: Uint8Array, more: boolean): string
}

/** The standard's name of an encoding by any of its names. Throws LongtabError `bad-setting` at a name that is none. */
export function encodingNamed(name: string): string {
  const wanted = name.trim().toLowerCase()
  if (encodings.includes(wanted)) return wanted
  if (wanted === 'utf-16' || wanted === 'utf16') return 'utf-16le'
  if (wanted === 'utf-32' || wanted === 'utf32') return 'utf-32le'
  try {
    return new TextDecoder(wanted).encoding
  } catch {
    throw new LongtabError(
      'bad-setting',
      `there is no encoding ${JSON.stringify(name)}; the encodings are ${encodings.join(', ')}`,
    )
  }
}

/**
 * @param name as in `encodings`
 * @param manner strict: throws TypeError at what it cannot decode; lenient: makes it U+FFFD
 */
export function openDecoder(name: string, manner: 'strict' | 'lenient' = 'lenient'): Decoder {
  const fatal = manner === 'strict'
  if (name === 'utf-32le' || name === 'utf-32be') return new Utf32(name === 'utf-32le', fatal)
  const decoder = new TextDecoder(name, { ignoreBOM: true, fatal })
  return { decode: (bytes, more) => decoder.decode(bytes, { stream: more }) }
}

const replacement = '\ufffd'

class Utf32 implements Decoder {
  readonly #littleEndian: boolean
  readonly #fatal: boolean
  #rest: Uint8Array = new Uint8Array(0)

  constructor(littleEndian: boolean, fatal: boolean) {
    this.#littleEndian = littleEndian
    this.#fatal = fatal
  }

  decode(bytes: Uint8Array, more: boolean): string {
    const all = new Uint8Array(this.#rest.length + bytes.length)
    all.set(this.#rest)
    all.set(bytes, this.#rest.length)
    const whole = all.length - (all.length % 4)
    this.#rest = all.slice(whole)
    const view = new DataView(all.buffer)
    const characters: string[] = []
    for (let at = 0; at < whole; at += 4) {
      const code = view.getUint32(at, this.#littleEndian)
      const isCharacter = code <= 0x10ffff && (code < 0xd800 || code > 0xdfff)
      characters.push(isCharacter ? String.fromCodePoint(code) : this.#fault(code))
    }
    if (!more && this.#rest.length > 0) characters.push(this.#fault(this.#rest.length))
    return characters.join('')
  }

  #fault(found: number): string {
    if (this.#fatal) throw new TypeError(`${found} is no character`)
    return replacement
  }
}
