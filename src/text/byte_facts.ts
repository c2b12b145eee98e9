// What the bytes of a document say of its encoding: whether they are UTF-8, where NULs stand, and a sample of what is not
// ASCII. They are gathered in one pass, in memory that does not grow.
import { headBytes } from './binary_kinds.ts'

/** Bytes of the sample: as many as a guess of an 8-bit or East Asian encoding can use. */
const mostSampled = 65_536

/** Bytes around a byte that is not ASCII that the sample keeps. */
const around = 8

export class ByteFacts {
  size = 0
  /** by offset modulo 4, those at the end among them */
  readonly nuls: [number, number, number, number] = [0, 0, 0, 0]
  /** NULs behind the last other byte */
  endNuls = 0
  /** control characters of ASCII but NUL, white space, escape and end of file */
  controls = 0
  /** escape sequences that switch between character sets, as in ISO-2022-JP */
  shifts = 0
  /** UTF-8 characters of more than one byte */
  utf8Characters = 0
  /** places where the bytes are not UTF-8 */
  utf8Faults = 0
  #head = new Uint8Array(0)
  readonly #sample: number[] = []
  /** bytes before the next that may go into the sample, and bytes that still go in behind the last */
  #before: number[] = []
  #behind = 0
  /** bytes that the UTF-8 character begun still needs, and what the next may be */
  #needed = 0
  #least = 0x80
  #most = 0xbf
  #last = 0

  /** the first bytes */
  get head(): Uint8Array {
    return this.#head
  }

  /** whether the last character, in UTF-8, is cut */
  get isCut(): boolean {
    return this.#needed > 0
  }

  get innerNuls(): number {
    return this.nuls.reduce((sum, count) => sum + count, 0) - this.endNuls
  }

  get isAscii(): boolean {
    return this.utf8Characters === 0 && this.utf8Faults === 0 && !this.isCut
  }

  push(bytes: Uint8Array): void {
    if (this.#head.length < headBytes) {
      const more = bytes.subarray(0, headBytes - this.#head.length)
      const head = new Uint8Array(this.#head.length + more.length)
      head.set(this.#head)
      head.set(more, this.#head.length)
      this.#head = head
    }
    for (let i = 0; i < bytes.length; i++) {
      const byte = bytes[i] ?? 0
      this.#count(byte, this.size + i)
      if (this.#sample.length < mostSampled) this.#keep(byte)
    }
    this.size += bytes.length
  }

  /** What is not ASCII, with the text around it. */
  sample(): Uint8Array {
    return Uint8Array.from(this.#sample)
  }

  #count(byte: number, at: number): void {
    if (byte === 0) {
      this.nuls[(at & 3) as 0 | 1 | 2 | 3]++
      this.endNuls++
    } else {
      this.endNuls = 0
      if (byte < 0x20 ? !isSpaceControl(byte) : byte === 0x7f) this.controls++
      if ((byte === 0x24 || byte === 0x28) && this.#last === 0x1b) this.shifts++
    }
    this.#last = byte
    if (this.#needed > 0) {
      if (byte >= this.#least && byte <= this.#most) {
        this.#expect(this.#needed - 1)
        if (this.#needed === 0) this.utf8Characters++
        return
      }
      this.utf8Faults++
      this.#expect(0)
    }
    if (byte < 0x80) return
    if (byte >= 0xc2 && byte <= 0xdf) this.#expect(1)
    else if (byte >= 0xe0 && byte <= 0xef) {
      // no overlong forms, no surrogates
      this.#expect(2, byte === 0xe0 ? 0xa0 : 0x80, byte === 0xed ? 0x9f : 0xbf)
    } else if (byte >= 0xf0 && byte <= 0xf4) {
      this.#expect(3, byte === 0xf0 ? 0x90 : 0x80, byte === 0xf4 ? 0x8f : 0xbf)
    } else this.utf8Faults++
  }

  #expect(needed: number, least = 0x80, most = 0xbf): void {
    this.#needed = needed
    this.#least = least
    this.#most = most
  }

  #keep(byte: number): void {
    if (byte >= 0x80 || byte === 0x1b) {
      this.#sample.push(...this.#before, byte)
      this.#before = []
      this.#behind = around
    } else if (this.#behind > 0) {
      this.#sample.push(byte)
      this.#behind--
    } else {
      this.#before.push(byte)
      if (this.#before.length > around) this.#before.shift()
    }
  }
}

/** Backspace, tab, line feed, vertical tab, form feed, carriage return, end of file, escape. */
function isSpaceControl(byte: number): boolean {
  return (byte >= 8 && byte <= 13) || byte === 0x1a || byte === 0x1b
}
