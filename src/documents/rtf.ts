// Rich text (RTF 1.9): its words without their form. No kept library reads it in a worker, so its few rules are here: groups,
// control words, and characters by code page or by Unicode number.
import type { OpenFormat, Piece } from './format.ts'

export const open: OpenFormat = async (blob) => {
  let taken = 0
  async function* pieces(): AsyncGenerator<Piece> {
    const text = new RtfText()
    const reader = blob.stream().getReader()
    for (;;) {
      const { done, value } = await reader.read()
      if (done) break
      taken += value.length
      text.push(value)
      yield* text.take()
    }
    yield* text.end()
  }
  return { pieces: pieces(), share: () => taken / Math.max(1, blob.size) }
}

/** Groups that hold no text of the document. */
const skipped = new Set([
  ...['fonttbl', 'colortbl', 'stylesheet', 'info', 'pict', 'object', 'header', 'footer', 'headerl'],
  ...['headerr', 'headerf', 'footerl', 'footerr', 'footerf', 'listtable', 'listoverridetable'],
  ...['rsidtbl', 'generator', 'themedata', 'colorschememapping', 'datastore', 'latentstyles'],
  ...['xmlnstbl', 'fldinst', 'bkmkstart', 'bkmkend', 'nonshppict', 'filetbl', 'revtbl'],
])

/** Control words that stand for characters. */
const characters: Readonly<Record<string, string>> = {
  par: '\n',
  line: '\n',
  sect: '\n',
  page: '\n',
  row: '\n',
  cell: ' | ',
  tab: '\t',
  emdash: '—',
  endash: '–',
  emspace: ' ',
  enspace: ' ',
  bullet: '•',
  lquote: '‘',
  rquote: '’',
  ldblquote: '“',
  rdblquote: '”',
}

const symbols: Readonly<Record<string, string>> = {
  '~': '\u00a0',
  _: '-',
  '-': '',
  '\\': '\\',
  '{': '{',
  '}': '}',
  '\n': '\n',
  '\r': '\n',
}

/** What a group inherits from the one around it. */
interface Group {
  readonly isSkipped: boolean
  /** characters that follow one given by its number, for programs that know none */
  readonly replaced: number
}

/** Beyond any document; a file of braces would fill memory. */
const deepest = 10_000

const token =
  /\\(?:'([0-9a-fA-F]{2})|([a-zA-Z]{1,32})(-?\d{1,10})? ?|([^a-zA-Z]))|([{}])|[\r\n]+|([^\\{}\r\n]+)/y

class RtfText {
  readonly #groups: Group[] = []
  #group: Group = { isSkipped: false, replaced: 1 }
  #isFirst = false // of the words of a group
  #isStarred = false
  #encoding = 'windows-1252'
  /** bytes of the code page that wait for the rest of their character */
  #bytes: number[] = []
  #toSkip = 0 // characters behind one given by its number
  #binary = 0 // bytes of a picture
  #rest = ''
  #text = ''

  push(bytes: Uint8Array): void {
    const binary = Math.min(this.#binary, bytes.length)
    this.#binary -= binary
    this.#parse(this.#rest + new TextDecoder('latin1').decode(bytes.subarray(binary)), false)
  }

  take(): Piece[] {
    // an empty cell at a row's end leaves a bar
    const end = this.#text.lastIndexOf('\n') + 1
    const text = this.#text.slice(0, end).replace(/( \| )+(?=\n)/g, '')
    this.#text = this.#text.slice(end)
    return text === '' ? [] : [{ text }]
  }

  end(): Piece[] {
    this.#parse(this.#rest, true)
    this.#flush()
    return [...this.take(), { text: `${this.#text}\n` }]
  }

  #parse(input: string, isLast: boolean): void {
    let at = 0
    // a control word or a character may be cut by the end of what has come
    const end = isLast ? input.length : Math.max(0, input.length - 64)
    while (at < end) {
      token.lastIndex = at
      const found = token.exec(input)
      if (found === null) {
        at += 1
        continue
      }
      at = token.lastIndex
      this.#take(found)
      const binary = Math.min(this.#binary, input.length - at)
      this.#binary -= binary
      at += binary
    }
    this.#rest = input.slice(at)
  }

  #take([, byte, word, number, symbol, brace, text]: RegExpExecArray): void {
    if (byte !== undefined) this.#byte(parseInt(byte, 16))
    else if (word !== undefined) this.#word(word, number === undefined ? undefined : Number(number))
    else if (symbol === '*') this.#isStarred = true
    else if (symbol !== undefined) this.#write(symbols[symbol] ?? '')
    else if (brace === '{') this.#open()
    else if (brace === '}') this.#close()
    else if (text !== undefined) this.#plain(text)
  }

  #open(): void {
    if (this.#groups.length >= deepest) return
    this.#groups.push(this.#group)
    this.#isFirst = true
    this.#isStarred = false
    this.#toSkip = 0
  }

  #close(): void {
    this.#flush()
    this.#group = this.#groups.pop() ?? this.#group
    this.#isFirst = false
    this.#toSkip = 0
  }

  #word(word: string, number: number | undefined): void {
    if (this.#isFirst && (this.#isStarred || skipped.has(word)) && word !== 'shppict')
      this.#group = { ...this.#group, isSkipped: true }
    this.#isFirst = false
    if (word === 'ansicpg') this.#encoding = encodingOf(number ?? 1252)
    else if (word === 'mac') this.#encoding = 'macintosh'
    else if (word === 'uc') this.#group = { ...this.#group, replaced: Math.max(0, number ?? 1) }
    else if (word === 'bin') this.#binary = Math.max(0, number ?? 0)
    else if (word === 'u' && number !== undefined) {
      this.#write(String.fromCharCode(number & 0xffff))
      this.#toSkip = this.#group.replaced
    } else if (word === 'footnote') this.#write(' ')
    else if (word in characters) this.#write(characters[word] ?? '')
  }

  #byte(byte: number): void {
    if (this.#toSkip > 0) this.#toSkip -= 1
    else if (!this.#group.isSkipped) this.#bytes.push(byte)
  }

  #plain(text: string): void {
    this.#isFirst = false
    const skipped = Math.min(this.#toSkip, text.length)
    this.#toSkip -= skipped
    // a byte beyond ASCII stands for the code page's character; files that are UTF-8 all the same are rare
    for (const character of text.slice(skipped)) {
      const code = character.charCodeAt(0)
      if (code < 0x80 && this.#bytes.length === 0) this.#write(character)
      else this.#byte(code)
    }
  }

  #write(text: string): void {
    this.#flush()
    if (!this.#group.isSkipped) this.#text += text
  }

  #flush(): void {
    if (this.#bytes.length === 0) return
    const bytes = Uint8Array.from(this.#bytes)
    this.#bytes = []
    this.#text += new TextDecoder(this.#encoding).decode(bytes)
  }
}

function encodingOf(codePage: number): string {
  const others: Readonly<Record<number, string>> = {
    437: 'windows-1252',
    850: 'windows-1252',
    866: 'ibm866',
    874: 'windows-874',
    932: 'shift_jis',
    936: 'gbk',
    949: 'euc-kr',
    950: 'big5',
    10000: 'macintosh',
    65001: 'utf-8',
  }
  return (
    others[codePage] ??
    (/^125[0-8]$/.test(String(codePage)) ? `windows-${codePage}` : 'windows-1252')
  )
}
