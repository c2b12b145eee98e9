// Small tokenizers of the common styles for the tests, trained in milliseconds on a few lines of text, as the texts of
// their files.
import type { Json, TokenizerFiles } from '../text/tokenizer_file.ts'

const corpus = `The small boat went out on the grey water, and the old man in the boat sang to the wind.
"Where are you going?" asked the child. "I'm going to the island," he said; "you'll see it when the rain stops."
In 1987, 2,450 people lived there; by 2021 there were only 312. That's 87.3 % fewer!
  if (count > 0) {\n    return values[i] + 1\n  }\n\n\n\t\tfor (let i = 0; i < 10; i++) sum += i
Café, naïve, übermäßig, œuvre — “quoted” … Привет, мир! 日本語の文章です。今天天气很好，我们去公园吧。
a aa aaa aaaa aaaaa aaaaaaaa ========  --------        \n\n\n\nwater water watering waters`

/** Merges pairs of neighbours one after the other, the most frequent first (training of byte-pair encoding). */
function train(words: string[][], count: number): [string, string][] {
  const merges: [string, string][] = []
  let current = words
  while (merges.length < count) {
    const seen = new Map<string, number>()
    for (const word of current) {
      for (let i = 1; i < word.length; i++) {
        const pair = `${word[i - 1]}\0${word[i]}`
        seen.set(pair, (seen.get(pair) ?? 0) + 1)
      }
    }
    const [best, times] = [...seen].reduce((a, b) => (b[1] > a[1] ? b : a), ['', 0])
    if (times < 2) break
    const [left = '', right = ''] = best.split('\0')
    merges.push([left, right])
    current = current.map((word) => merge(word, left, right))
  }
  return merges
}

function merge(word: string[], left: string, right: string): string[] {
  const merged: string[] = []
  for (let i = 0; i < word.length; i++) {
    const joins = word[i] === left && word[i + 1] === right
    merged.push(joins ? left + right : (word[i] ?? ''))
    if (joins) i++
  }
  return merged
}

const special = (id: number, content: string) => ({
  id,
  content,
  single_word: false,
  lstrip: false,
  rstrip: false,
  normalized: false,
  special: true,
})

/** `<s> $A` as a post-processor. */
const startTemplate = (token: string, id: number): Json => ({
  type: 'TemplateProcessing',
  single: [{ SpecialToken: { id: token, type_id: 0 } }, { Sequence: { id: 'A', type_id: 0 } }],
  pair: [{ Sequence: { id: 'A', type_id: 0 } }, { Sequence: { id: 'B', type_id: 1 } }],
  special_tokens: { [token]: { id: token, ids: [id], tokens: [token] } },
})

function vocabulary(fixed: string[], merges: [string, string][]): Record<string, number> {
  const tokens = new Set([...fixed, ...merges.map(([left, right]) => left + right)])
  return Object.fromEntries([...tokens].map((token, id) => [token, id]))
}

const bytes = Array.from({ length: 256 }, (_, byte) => byte)

/** SentencePiece: ▁ for spaces, bytes for characters outside the vocabulary. */
function sentencePiece(words: string[], parts: Record<string, Json>): TokenizerFiles {
  const merges = train(
    words.map((word) => Array.from(word)),
    220,
  )
  const byteTokens = bytes.map((b) => `<0x${b.toString(16).toUpperCase().padStart(2, '0')}>`)
  const letters = [...new Set(words.join(''))].filter((c) => /[▁\w.,;!?'"=-]/.test(c))
  const known = merges.filter(([a, b]) => Array.from(a + b).every((c) => letters.includes(c)))
  const vocab = vocabulary(['<unk>', '<s>', '</s>', ...byteTokens, ...letters], known)
  const tokenizer = {
    version: '1.0',
    added_tokens: [special(0, '<unk>'), special(1, '<s>'), special(2, '</s>')],
    normalizer: null,
    pre_tokenizer: null,
    post_processor: startTemplate('<s>', 1),
    decoder: {
      type: 'Sequence',
      decoders: [
        { type: 'Replace', pattern: { String: '▁' }, content: ' ' },
        { type: 'ByteFallback' },
        { type: 'Fuse' },
        { type: 'Strip', content: ' ', start: 1, stop: 0 },
      ],
    },
    model: {
      type: 'BPE',
      unk_token: '<unk>',
      fuse_unk: true,
      byte_fallback: true,
      ignore_merges: false,
      vocab,
      merges: known,
    },
    ...parts,
  }
  const config = { bos_token: '<s>', eos_token: '</s>', unk_token: '<unk>' }
  return { tokenizer: JSON.stringify(tokenizer), config: JSON.stringify(config) }
}

/** GPT-2: the bytes of words found by a pattern. */
function byteLevel(pattern: RegExp, parts: Record<string, Json>, model: object): TokenizerFiles {
  const words = (corpus.match(pattern) ?? []).map((word) => Array.from(inByteLetters(word)))
  const merges = train(words, 260)
  const vocab = vocabulary([...byteLetters], merges)
  const size = Object.keys(vocab).length
  const names = ['<|begin|>', '<|end|>', '<|user|>', '<|assistant|>']
  const tokenizer = {
    version: '1.0',
    added_tokens: names.map((name, i) => special(size + i, name)),
    normalizer: null,
    post_processor: startTemplate('<|begin|>', size),
    decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
    model: { type: 'BPE', vocab, merges, ...model },
    ...parts,
  }
  const config = { bos_token: '<|begin|>', eos_token: '<|end|>' }
  return { tokenizer: JSON.stringify(tokenizer), config: JSON.stringify(config) }
}

/** A printable letter for each byte: printable ones are themselves, the others follow from U+0100 on. */
const byteLetters = (() => {
  let next = 0x100
  return bytes.map((b) => {
    const printable = (b > 32 && b < 127) || (b > 160 && b < 173) || b > 173
    return String.fromCharCode(printable ? b : next++)
  })
})()

function inByteLetters(text: string): string {
  return Array.from(new TextEncoder().encode(text), (byte) => byteLetters[byte] ?? '').join('')
}

const gpt2Words = /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+/gu

const splitWords = (digits: string): string =>
  `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}${digits}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+`

const inBytes = (use_regex: boolean): Json => ({
  type: 'ByteLevel',
  add_prefix_space: false,
  trim_offsets: true,
  use_regex,
})

const split = (digits: string): Json => ({
  type: 'Sequence',
  pretokenizers: [
    {
      type: 'Split',
      pattern: { Regex: splitWords(digits) },
      behavior: 'Isolated',
      invert: false,
    },
    inBytes(false),
  ],
})

const withBlanks = `▁${corpus.replaceAll(' ', '▁')}`
const blankWords = withBlanks.split(/(?=▁)/)
const blankLines = withBlanks.split('\n')
const prepended: Json = {
  type: 'Sequence',
  normalizers: [
    { type: 'Prepend', prepend: '▁' },
    { type: 'Replace', pattern: { String: ' ' }, content: '▁' },
  ],
}
const metaspace = (prependScheme: string): Json => ({
  type: 'Metaspace',
  replacement: '▁',
  prepend_scheme: prependScheme,
  split: false,
})

/** Llama 2's style. */
export const prependBpe = sentencePiece(blankWords, { normalizer: prepended })

/** The same with tokens that cross spaces and runs of them. */
export const crossingBpe = sentencePiece(blankLines, { normalizer: prepended })

export const metaspaceFirst = sentencePiece(blankWords, { pre_tokenizer: metaspace('first') })
export const metaspaceAlways = sentencePiece(blankWords, { pre_tokenizer: metaspace('always') })

/** GPT-2's style. */
export const byteBpe = byteLevel(gpt2Words, { pre_tokenizer: inBytes(true) }, {})

/** Llama 3's style: up to three digits, whole words of the vocabulary before any merge. */
export const splitBpe = byteLevel(
  gpt2Words,
  { pre_tokenizer: split('{1,3}') },
  { ignore_merges: true },
)

/** Qwen 2's style: composed characters, single digits. */
export const composedBpe = byteLevel(
  gpt2Words,
  { normalizer: { type: 'NFC' }, pre_tokenizer: split('') },
  {},
)
