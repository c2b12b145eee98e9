// The tokenizer in GGUF metadata as tokenizer.json and tokenizer_config.json. Byte-level BPE comes with its merges; of
// SentencePiece's BPE they follow from the scores, as transformers derives them (`convert_slow_tokenizer.py`).
import { LongtabError } from '../../api/errors.ts'
import type { GgufHeader } from './header.ts'

/** `tokenizer.ggml.token_type` */
const control = 3
const userDefined = 4
const byte = 6

/** Splitting before BPE, by `tokenizer.ggml.pre`: names as in llama.cpp's `src/llama-vocab.cpp`, patterns as in the models'
 * own tokenizer.json. */
const byteLevel = (use_regex: boolean) => ({
  type: 'ByteLevel',
  add_prefix_space: false,
  trim_offsets: true,
  use_regex,
})
const splitBy = (Regex: string) => ({
  type: 'Sequence',
  pretokenizers: [
    { type: 'Split', pattern: { Regex }, behavior: 'Isolated', invert: false },
    byteLevel(false),
  ],
})
const words = "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|"
const rest = '| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+'
const llama3 = splitBy(`${words}\\p{N}{1,3}${rest}`)
const qwen2 = splitBy(`${words}\\p{N}${rest}`)
const smollm = {
  type: 'Sequence',
  pretokenizers: [{ type: 'Digits', individual_digits: true }, byteLevel(true)],
}
const preTokenizers: Readonly<Record<string, object>> = {
  'gpt-2': byteLevel(true),
  default: byteLevel(true),
  'llama-bpe': llama3,
  'llama-v3': llama3,
  llama3,
  'smaug-bpe': llama3,
  qwen2,
  'deepseek-r1-qwen': qwen2,
  smollm,
}

export interface TokenizerTexts {
  /** tokenizer.json */
  readonly tokenizer: string
  /** tokenizer_config.json */
  readonly config: string
}

/** Throws LongtabError `unsupported-model` at a kind of tokenizer that is not known, `bad-file` at a damaged one. */
export function tokenizerOf({ metadata }: GgufHeader): TokenizerTexts {
  const vocabulary = readVocabulary(metadata)
  const { tokens, types, named } = vocabulary
  const kind = metadata['tokenizer.ggml.model']
  if (kind !== 'gpt2' && kind !== 'llama') {
    throw new LongtabError(
      'unsupported-model',
      `the GGUF tokenizer ${String(kind)} is not supported; supported: gpt2, llama`,
    )
  }
  const steps = kind === 'gpt2' ? byteLevelSteps(metadata) : sentencePieceSteps(vocabulary)
  const added_tokens = tokens.flatMap((content, id) => {
    if (types[id] !== control && types[id] !== userDefined) return []
    const special = types[id] === control
    const rstrip = special && stripsSpace(metadata, kind) && !keepsSpace.includes(content)
    return [{ ...plainToken, id, content, special, rstrip }]
  })
  // llama.cpp's own defaults
  const start =
    metadata['tokenizer.ggml.add_bos_token'] ?? (kind === 'llama' || steps.pre_tokenizer === llama3)
  const bos = start === true ? named.bos_token : undefined
  const model = {
    type: 'BPE',
    ...{ dropout: null, continuing_subword_prefix: null, end_of_word_suffix: null },
    unk_token: kind === 'llama' ? (named.unk_token ?? null) : null,
    fuse_unk: kind === 'llama',
    byte_fallback: kind === 'llama',
    vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
    merges: steps.merges,
  }
  return {
    tokenizer: JSON.stringify({
      version: '1.0',
      added_tokens,
      normalizer: steps.normalizer,
      pre_tokenizer: steps.pre_tokenizer,
      post_processor: bos === undefined ? null : starting(bos, tokens.indexOf(bos)),
      decoder: steps.decoder,
      model: { ...model, ignore_merges: steps.pre_tokenizer === llama3 },
    }),
    config: JSON.stringify({
      ...named,
      add_bos_token: bos !== undefined,
      chat_template: metadata['tokenizer.chat_template'],
    }),
  }
}

/** In Phi-3 a control token takes the white space behind it along; GGUF does not say so, and llama.cpp knows it too. */
function stripsSpace(metadata: GgufHeader['metadata'], kind: 'gpt2' | 'llama'): boolean {
  return metadata['general.architecture'] === 'phi3' && kind === 'llama'
}

/** Control tokens of Phi-3 that do not. */
const keepsSpace: readonly string[] = ['<s>', '<unk>', '<|endoftext|>']

const plainToken = { single_word: false, lstrip: false, rstrip: false, normalized: false }

interface Vocabulary {
  readonly tokens: readonly string[]
  /** (token), SentencePiece's: the higher, the earlier its pieces are joined */
  readonly scores: readonly number[]
  readonly types: readonly unknown[]
  readonly named: Readonly<Record<string, string | undefined>>
  readonly addsSpace: boolean
}

function readVocabulary(metadata: GgufHeader['metadata']): Vocabulary {
  const list = (name: string): readonly unknown[] => {
    const found = metadata[`tokenizer.ggml.${name}`]
    return Array.isArray(found) ? found : []
  }
  const tokens = list('tokens').map(String)
  if (tokens.length === 0) {
    throw new LongtabError('bad-file', 'the GGUF file has no tokenizer; fetch another one')
  }
  const token = (name: string) => {
    const id = metadata[`tokenizer.ggml.${name}_token_id`]
    return typeof id === 'number' ? tokens[id] : undefined
  }
  return {
    tokens,
    scores: list('scores').map(Number),
    types: list('token_type'),
    named: {
      bos_token: token('bos'),
      eos_token: token('eos'),
      unk_token: token('unknown'),
      pad_token: token('padding'),
    },
    addsSpace: metadata['tokenizer.ggml.add_space_prefix'] !== false,
  }
}

/** What comes before and after the BPE itself. */
interface Steps {
  readonly normalizer: object | null
  readonly pre_tokenizer: object | null
  readonly decoder: object
  readonly merges: readonly (readonly [string, string])[]
}

function byteLevelSteps(metadata: GgufHeader['metadata']): Steps {
  const named = metadata['tokenizer.ggml.pre'] ?? 'default'
  const pre = typeof named === 'string' ? named : JSON.stringify(named)
  const pre_tokenizer = Object.hasOwn(preTokenizers, pre) ? preTokenizers[pre] : undefined
  if (pre_tokenizer === undefined) {
    throw new LongtabError(
      'unsupported-model',
      `the GGUF pre-tokenizer ${pre} is not supported; supported: ${Object.keys(preTokenizers).join(', ')}`,
    )
  }
  const listed = metadata['tokenizer.ggml.merges']
  const merges = (Array.isArray(listed) ? listed : []).map((merge): [string, string] => {
    const text = String(merge)
    const space = text.indexOf(' ', 1) // a piece may begin with a space, never in byte-level alphabets end with one
    return [text.slice(0, space), text.slice(space + 1)]
  })
  const normalizer = pre_tokenizer === qwen2 ? { type: 'NFC' } : null
  return { normalizer, pre_tokenizer, decoder: byteLevel(true), merges }
}

function sentencePieceSteps({ tokens, scores, types, addsSpace }: Vocabulary): Steps {
  const spaces = { type: 'Replace', pattern: { String: ' ' }, content: '▁' }
  const prefix = { type: 'Prepend', prepend: '▁' }
  const back = [
    { type: 'Replace', pattern: { String: '▁' }, content: ' ' },
    { type: 'ByteFallback' },
    { type: 'Fuse' },
  ]
  const strip = { type: 'Strip', content: ' ', start: 1, stop: 0 }
  return {
    normalizer: addsSpace ? { type: 'Sequence', normalizers: [prefix, spaces] } : spaces,
    pre_tokenizer: null,
    decoder: { type: 'Sequence', decoders: addsSpace ? [...back, strip] : back },
    merges: mergesOf(tokens, scores, types),
  }
}

/** Characters of a piece. SentencePiece's own limit is 16, models have runs of spaces beyond; the ways to cut a piece in
 * two grow with the square of it. */
const longestPiece = 1024

/** Every way to join two pieces to a third, the best piece first. */
function mergesOf(
  tokens: readonly string[],
  scores: readonly number[],
  types: readonly unknown[],
): [string, string][] {
  const ids = new Map(tokens.map((token, id) => [token, id]))
  const isPiece = (id: number) => types[id] !== control && types[id] !== byte
  const found: { readonly pair: [string, string]; readonly score: number }[] = []
  tokens.forEach((token, id) => {
    if (!isPiece(id)) return
    if (token.length > longestPiece) {
      throw new LongtabError(
        'bad-file',
        `piece ${id} of the GGUF tokenizer has ${token.length.toLocaleString('en-US')} characters, at most ${longestPiece.toLocaleString('en-US')} are read; fetch the file again`,
      )
    }
    const pairs: [left: number, right: number][] = []
    for (let end = 1; end < token.length; end++) {
      const left = ids.get(token.slice(0, end))
      const right = ids.get(token.slice(end))
      if (left !== undefined && right !== undefined) pairs.push([left, right])
    }
    pairs.sort((a, b) => a[0] - b[0] || a[1] - b[1])
    const score = scores[id] ?? 0
    for (const [left, right] of pairs) {
      found.push({ pair: [tokens[left] ?? '', tokens[right] ?? ''], score })
    }
  })
  const lengths = (pair: readonly [string, string]) => [pair[0].length, pair[1].length] as const
  found.sort((a, b) => {
    const [leftA, rightA] = lengths(a.pair)
    const [leftB, rightB] = lengths(b.pair)
    return b.score - a.score || leftB - leftA || rightB - rightA
  })
  return found.map(({ pair }) => pair)
}

/** A text begins with the start token. */
function starting(token: string, id: number): object {
  const special = { SpecialToken: { id: token, type_id: 0 } }
  const text = (id: string) => ({ Sequence: { id, type_id: 0 } })
  return {
    type: 'TemplateProcessing',
    single: [special, text('A')],
    pair: [special, text('A'), special, text('B')],
    special_tokens: { [token]: { id: token, ids: [id], tokens: [token] } },
  }
}
