// Splitting before byte-level BPE, by `tokenizer.ggml.pre`: names as in llama.cpp's `src/llama-vocab.cpp`, patterns as in the
// models' own tokenizer.json. A further one is a line here.
import { LongtabError } from '../../../api/errors.ts'

interface PreTokenizer {
  /** `pre_tokenizer` of tokenizer.json */
  readonly steps: object
  /** `normalizer` of tokenizer.json */
  readonly normalizer: object | null
  /** whether a word that is a token stays whole, whatever the merges */
  readonly ignoresMerges: boolean
  readonly startsText: boolean
}

export const byteLevel = (use_regex: boolean) => ({
  type: 'ByteLevel',
  add_prefix_space: false,
  trim_offsets: true,
  use_regex,
})
/** Each splits what those before it left. */
const splitBy = (...patterns: readonly string[]) => ({
  type: 'Sequence',
  pretokenizers: [
    ...patterns.map((Regex) => ({
      type: 'Split',
      pattern: { Regex },
      behavior: 'Isolated',
      invert: false,
    })),
    byteLevel(false),
  ],
})
const contraction = "(?i:'s|'t|'re|'ve|'m|'ll|'d)"
const words = `${contraction}|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|`
const spaces = '|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+'
const rest = `| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*${spaces}`

/** A word ends where a capital letter follows a small one. */
const byCase = (end: string, numbers: string) => {
  const capital = '[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]'
  const small = '[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]'
  const before = '[^\\r\\n\\p{L}\\p{N}]?'
  return splitBy(
    `${before}${capital}*${small}+${end}|${before}${capital}+${small}*${end}|${numbers}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*${spaces}`,
  )
}

const plain: PreTokenizer = {
  steps: byteLevel(true),
  normalizer: null,
  ignoresMerges: false,
  startsText: false,
}
const dbrx = { ...plain, steps: splitBy(`${words}\\p{N}{1,3}${rest}`) }
const llama3 = { ...dbrx, ignoresMerges: true, startsText: true }
const gpt4o = { ...plain, steps: byCase(`${contraction}?`, '\\p{N}{1,3}') }
const tekken = {
  ...plain,
  steps: byCase('', '\\p{N}'),
  ignoresMerges: true,
  startsText: true,
}
const qwen2 = { ...plain, steps: splitBy(`${words}\\p{N}${rest}`), normalizer: { type: 'NFC' } }
const qwen35 = {
  ...qwen2,
  steps: splitBy(
    `${contraction}|[^\\r\\n\\p{L}\\p{N}]?[\\p{L}\\p{M}]+|\\p{N}| ?[^\\s\\p{L}\\p{M}\\p{N}]+[\\r\\n]*${spaces}`,
  ),
}
const seedCoder = {
  ...plain,
  steps: splitBy(`${words}\\p{N}| ?[^\\s\\p{L}\\p{N}\\r\\n]+${spaces}`),
}
/** Numbers by three digits, Chinese and Japanese apart, then words that take one sign along. */
const deepseek3 = {
  ...plain,
  steps: splitBy(
    '\\p{N}{1,3}',
    '[一-龥぀-ゟ゠-ヿ]+',
    `[!"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_\`{|}~][A-Za-z]+|[^\\r\\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+| ?[\\p{P}\\p{S}]+[\\r\\n]*${spaces}`,
  ),
}
/** Words cross white space; digits go by three from the end of a number. */
const superbpe = { ...plain, steps: splitBy('\\p{N}+', '(?=(\\p{Nd}{3})+(?!\\p{Nd}))') }
const digits = { type: 'Digits', individual_digits: true }
const smollm = {
  ...plain,
  steps: { type: 'Sequence', pretokenizers: [digits, byteLevel(true)] },
}

export const preTokenizers: Readonly<Record<string, PreTokenizer>> = {
  'gpt-2': plain,
  default: plain,
  olmo: plain,
  exaone4: plain,
  'llama-bpe': llama3,
  'llama-v3': llama3,
  llama3,
  lfm2: llama3,
  dbrx,
  'smaug-bpe': dbrx,
  'gpt-4o': gpt4o,
  llama4: gpt4o,
  tekken,
  qwen2,
  'deepseek-r1-qwen': qwen2,
  qwen35,
  'seed-coder': seedCoder,
  'deepseek-v3': deepseek3,
  'hunyuan-dense': deepseek3,
  superbpe,
  smollm,
  refact: smollm,
  starcoder: smollm,
}

/** Vocabularies by what only they have: a size in a range, and tokens. */
const known: readonly (readonly [
  pre: string,
  least: number,
  most: number,
  tokens: readonly string[],
])[] = [
  ['llama-bpe', 128_000, 129_000, ['<|begin_of_text|>', '<|eot_id|>']],
  ['qwen2', 151_643, 152_100, ['<|endoftext|>', '<|im_start|>']],
  ['smollm', 49_152, 49_200, ['<|endoftext|>', '<gh_stars>', '<jupyter_start>']],
  ['gpt-2', 50_257, 50_300, ['<|endoftext|>']],
]

/**
 * The pre-tokenizer of a file that names none, as those of early converters. Throws LongtabError `unsupported-model` where the
 * vocabulary is none that is known: other splits than the model was trained with would give other answers without a word.
 */
export function recognised(tokens: readonly string[]): string {
  const all = new Set(tokens)
  const found = known.find(
    ([, least, most, marks]) =>
      tokens.length >= least && tokens.length <= most && marks.every((mark) => all.has(mark)),
  )
  if (found !== undefined) return found[0]
  throw new LongtabError(
    'unsupported-model',
    `the GGUF file lacks tokenizer.ggml.pre, and its vocabulary of ${tokens.length.toLocaleString('en-US')} tokens is none that is known; convert the model again with a current llama.cpp`,
  )
}
