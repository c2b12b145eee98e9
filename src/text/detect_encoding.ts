// Which encoding a document is in. A byte order mark decides. Otherwise valid UTF-8 is UTF-8, bytes with NULs or control
// characters are UTF-32, UTF-16 or no text at all, and for the rest a library guesses from a sample. Every guess is then
// held against all the bytes: the first that leaves no character undecoded is taken.
import { LongtabError } from '../api/errors.ts'
import { binaryKind } from './binary_kinds.ts'
import { ByteFacts } from './byte_facts.ts'
import { openDecoder } from './encodings.ts'

export interface Detected {
  /** as in `encodings` */
  readonly encoding: string
  /** places that it leaves undecoded */
  readonly faults: number
}

/** All bytes of the document, or those that are at hand; may be asked for several times. */
export type Bytes = () => AsyncIterable<Uint8Array>

/** Marks with the encodings that they stand for, the longer first. */
const byteOrderMarks: readonly (readonly [encoding: string, mark: readonly number[]])[] = [
  ['utf-32le', [0xff, 0xfe, 0, 0]],
  ['utf-32be', [0, 0, 0xfe, 0xff]],
  ['gb18030', [0x84, 0x31, 0x95, 0x33]],
  ['utf-8', [0xef, 0xbb, 0xbf]],
  ['utf-16le', [0xff, 0xfe]],
  ['utf-16be', [0xfe, 0xff]],
]

/** A damaged UTF-8 text has at least so many characters of several bytes for each place that is none. */
const utf8PerFault = 20

/** NULs in a text of one NUL for fewer characters than this are no accident. */
const bytesPerNul = 1000

/** A text has at least so many characters for each that no text has. */
const charactersPerFault = 50

/** Throws LongtabError `bad-input` where the bytes are no text in an encoding that is known. */
export async function detectEncoding(bytes: Bytes): Promise<Detected> {
  const facts = new ByteFacts()
  for await (const part of bytes()) facts.push(part)
  const kind = binaryKind(facts.head)
  if (kind !== undefined) {
    throw new LongtabError(
      'bad-input',
      `the document is ${kind}, not plain text; export its text first`,
    )
  }
  const marked = byteOrderMarks.find(([encoding, mark]) => {
    const units = encoding.startsWith('utf-32') ? 4 : 1
    return facts.size % units === 0 && mark.every((byte, i) => facts.head[i] === byte)
  })
  if (marked !== undefined) return read(marked[0], bytes)
  const { innerNuls, controls, size } = facts
  // a byte beyond ASCII at the very end is a character of an older encoding, unless others are UTF-8
  const isUtf8 = facts.utf8Faults === 0 && (!facts.isCut || facts.utf8Characters > 0)
  if (innerNuls > 0 || controls * bytesPerNul > size) {
    const wide = await widest(facts, bytes)
    if (wide !== undefined) return wide
    if (!isUtf8 || innerNuls * bytesPerNul > size || controls * charactersPerFault > size) {
      throw noText(facts)
    }
  }
  if (facts.isAscii && facts.shifts > 0) {
    const shifted = await read('iso-2022-jp', bytes)
    if (shifted.faults === 0) return shifted
  }
  if (isUtf8) return { encoding: 'utf-8', faults: facts.isCut ? 1 : 0 }
  if (facts.utf8Characters > 0 && facts.utf8Characters >= utf8PerFault * facts.utf8Faults) {
    return { encoding: 'utf-8', faults: facts.utf8Faults + (facts.isCut ? 1 : 0) }
  }
  return guessed(facts, bytes)
}

/** UTF-32 by where NULs stand, and UTF-16 by which order of bytes gives characters, and words between spaces. */
async function widest(facts: ByteFacts, bytes: Bytes): Promise<Detected | undefined> {
  const [a, b, c, d] = facts.nuls
  const quarter = facts.size / 4
  if (facts.size % 4 === 0 && c + d >= 1.9 * quarter) return plausible(['utf-32le'], facts, bytes)
  if (facts.size % 4 === 0 && a + b >= 1.9 * quarter) return plausible(['utf-32be'], facts, bytes)
  return plausible(['utf-16le', 'utf-16be'], facts, bytes)
}

async function plausible(
  names: readonly string[],
  { size }: ByteFacts,
  bytes: Bytes,
): Promise<Detected | undefined> {
  const found: Read[] = []
  for (const encoding of names) {
    const one = await read(encoding, bytes)
    const cut = size % 2 === 1 && size > 100 ? 1 : 0 // an odd byte at the end of a longer text is a cut character
    if ((one.strange - cut) * charactersPerFault * 2 <= one.characters) found.push(one)
  }
  found.sort((one, other) => one.strange - one.common - (other.strange - other.common))
  return found[0]
}

/** An encoding of one byte, or of one and two. */
async function guessed(facts: ByteFacts, bytes: Bytes): Promise<Detected> {
  const { analyse } = await import('chardet')
  const sample = facts.sample()
  const guesses = analyse(sample).flatMap(({ name }) => inStandard(name, sample))
  const ascii = ['utf-8', 'utf-16le', 'utf-16be', 'utf-32le', 'utf-32be', 'iso-2022-jp']
  const names = [...new Set([...guesses.slice(0, 6), 'windows-1252'])].filter(
    (name) => !ascii.includes(name),
  )
  let best: Read | undefined
  for (const encoding of names) {
    const one = await read(encoding, bytes)
    if (best === undefined || one.strange < best.strange) best = one
    if (one.strange === 0) break
  }
  if (best === undefined || best.strange * charactersPerFault > best.characters) throw noText(facts)
  return best
}

/** The library's name → those of the standard to try. Where Windows added to an ISO encoding, its own is tried too. */
function inStandard(name: string, sample: Uint8Array): string[] {
  switch (name) {
    case 'ISO-8859-1':
      return ['windows-1252']
    case 'ISO-8859-2':
      return ['iso-8859-2', 'windows-1250']
    case 'ISO-8859-7':
      return isIsoGreek(sample) ? ['iso-8859-7'] : ['windows-1253', 'iso-8859-7']
    case 'ISO-8859-8':
      return ['windows-1255', 'iso-8859-8']
    case 'ISO-8859-9':
      return ['windows-1254']
    case 'ASCII':
      return []
    default:
      return [name.toLowerCase()]
  }
}

/** Ά is 0xB6 in ISO-8859-7; what is 0xA2 there, an apostrophe, is Ά in windows-1253, which begins words. */
function isIsoGreek(sample: Uint8Array): boolean {
  return sample.some((byte, i) => byte === 0xb6 || (byte === 0xa2 && (sample[i - 1] ?? 0) >= 0xc1))
}

/** What an encoding makes of the bytes. */
interface Read extends Detected {
  /** undecoded places, and characters that no text has */
  readonly strange: number
  /** spaces, line feeds, and the punctuation of East Asian scripts */
  readonly common: number
  readonly characters: number
}

/** Undecoded places, private and unassigned characters, and control characters but white space and those of terminals. */
const strangeCharacters =
  /[\ufffd\p{Cn}\p{Co}\p{Cs}\u0001-\u0007\u000e-\u0019\u001c-\u001f\u007f-\u009f]/gu
const commonCharacters = /[ \n\u3001\u3002\uff0c]/g

async function read(encoding: string, bytes: Bytes): Promise<Read> {
  const decoder = openDecoder(encoding)
  let [faults, strange, common, characters] = [0, 0, 0, 0]
  const count = (text: string) => {
    faults += text.split('\ufffd').length - 1
    strange += text.match(strangeCharacters)?.length ?? 0
    common += text.match(commonCharacters)?.length ?? 0
    characters += text.length
  }
  for await (const part of bytes()) count(decoder.decode(part, true))
  count(decoder.decode(new Uint8Array(0), false))
  return { encoding, faults, strange, common, characters: Math.max(1, characters) }
}

function noText({ innerNuls, controls, size }: ByteFacts): LongtabError {
  const found = innerNuls > 0 ? innerNuls : controls
  const what =
    found > 0
      ? `${found.toLocaleString('en-US')} ${innerNuls > 0 ? 'NUL bytes' : 'control characters'} among its ${size.toLocaleString('en-US')} bytes`
      : 'bytes of no encoding that is known'
  return new LongtabError(
    'bad-input',
    `the document looks like a binary file (${what}); give plain text, or name its encoding if it is one`,
  )
}
