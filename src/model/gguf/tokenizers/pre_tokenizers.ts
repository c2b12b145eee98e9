// Splitting before byte-level BPE, by `tokenizer.ggml.pre`: names as in llama.cpp's `src/llama-vocab.cpp`, patterns as in the
// models' own tokenizer.json. A further one is a line here.

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
const splitBy = (Regex: string) => ({
  type: 'Sequence',
  pretokenizers: [
    { type: 'Split', pattern: { Regex }, behavior: 'Isolated', invert: false },
    byteLevel(false),
  ],
})
const words = "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|"
const rest = '| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+'

const plain: PreTokenizer = {
  steps: byteLevel(true),
  normalizer: null,
  ignoresMerges: false,
  startsText: false,
}
const llama3 = {
  ...plain,
  steps: splitBy(`${words}\\p{N}{1,3}${rest}`),
  ignoresMerges: true,
  startsText: true,
}
const qwen2 = { ...plain, steps: splitBy(`${words}\\p{N}${rest}`), normalizer: { type: 'NFC' } }
const digits = { type: 'Digits', individual_digits: true }
const smollm = {
  ...plain,
  steps: { type: 'Sequence', pretokenizers: [digits, byteLevel(true)] },
}

export const preTokenizers: Readonly<Record<string, PreTokenizer>> = {
  'gpt-2': plain,
  default: plain,
  'llama-bpe': llama3,
  'llama-v3': llama3,
  llama3,
  'smaug-bpe': llama3,
  qwen2,
  'deepseek-r1-qwen': qwen2,
  smollm,
}
