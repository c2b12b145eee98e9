// tokenizer.json and tokenizer_config.json as data: parsed, checked, and rewritten where the tokenizers library has no
// option. These are text that continues earlier text, and text in which special tokens are plain text.
import { LongtabError } from '../api/errors.ts'
import type { Json } from '../api/json.ts'
import { isControl, marksTurn } from './control_tokens.ts'

export type { Json }
export type JsonRecord = Readonly<Record<string, Json>>

/** Texts of a Hugging Face folder's tokenizer files. */
export interface TokenizerFiles {
  /** `tokenizer.json` */
  readonly tokenizer: string
  /** `tokenizer_config.json` */
  readonly config?: string
  /** `chat_template.jinja`; overrides the template in `tokenizer_config.json` */
  readonly chatTemplateJinja?: string
  /** `chat_template.json`; overrides the template in `tokenizer_config.json` */
  readonly chatTemplateJson?: string
}

/** A token that is matched in the text before any other step. */
export interface AddedToken {
  readonly id: number
  readonly content: string
  /** left out of decoded text: start, end, role … */
  readonly special: boolean
  /** structures a conversation: text of a document never becomes it. Special tokens, and those such as <think> */
  readonly control: boolean
  /** strips white space before it, after it */
  readonly lstrip: boolean
  readonly rstrip: boolean
}

/** The left boundary of a text: the very start, directly after a special token, or inside a longer text. */
export type Boundary = 'start' | 'section' | 'inside'

/** Throws LongtabError `bad-file` when the text is not a JSON object. */
export function parseRecord(text: string, file: string): JsonRecord {
  let value: Json
  try {
    value = JSON.parse(text) as Json
  } catch (cause) {
    throw new LongtabError('bad-file', `${file} is not valid JSON; it may have been cut short`, {
      cause,
    })
  }
  if (isRecord(value)) return value
  throw new LongtabError('bad-file', `${file} must hold a JSON object`)
}

export function isRecord(value: Json | undefined): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The text of a token in the configuration: a string, or in older files an object with its `content`. */
export function tokenText(value: Json | undefined): string | undefined {
  if (typeof value === 'string') return value
  if (isRecord(value) && typeof value['content'] === 'string') return value['content']
  return undefined
}

const namedTokens = ['bos', 'eos', 'unk', 'sep', 'pad', 'cls', 'mask'].map((n) => `${n}_token`)

/** `bos_token`, `eos_token` … → their text, for those the configuration names. */
export function specialTokenTexts(config: JsonRecord): Record<string, string> {
  const texts: Record<string, string> = {}
  for (const name of namedTokens) {
    const text = tokenText(config[name])
    if (text !== undefined) texts[name] = text
  }
  return texts
}

/**
 * With the library's fields always present. Added tokens are completed from the configuration and from the vocabulary,
 * which may hold `<|user|>` without listing it. Those that the configuration names are marked special.
 *
 * @param templates texts of the chat templates
 */
export function completed(
  tokenizer: JsonRecord,
  config: JsonRecord,
  templates: readonly string[] = [],
): JsonRecord {
  const listed = asArray(tokenizer['added_tokens']).filter(isRecord)
  const known = new Set(listed.map((token) => token['content']))
  const decoder = config['added_tokens_decoder']
  const extra = Object.entries(isRecord(decoder) ? decoder : {}).flatMap(([id, token]) => {
    if (!isRecord(token) || known.has(token['content'] ?? null)) return []
    known.add(token['content'])
    return [{ ...token, id: Number(id) }]
  })
  const unlisted = vocabularyOf(tokenizer['model']).flatMap(([content, id]) =>
    marksTurn(content) && !known.has(content) ? [{ ...plainToken, content, id }] : [],
  )
  const named = new Set<Json>(Object.values(specialTokenTexts(config)))
  for (const token of asArray(config['additional_special_tokens'])) {
    named.add(tokenText(token) ?? null)
  }
  const added = [...listed, ...extra, ...unlisted].map((token: JsonRecord) => {
    const content = token['content'] ?? ''
    const text = typeof content === 'string' ? content : ''
    const special = token['special'] === true || named.has(content) || marksTurn(text)
    return {
      ...token,
      normalized: token['normalized'] ?? token['special'] !== true,
      special,
      control: special || isControl(text, templates),
    }
  })
  const parts = { normalizer: null, pre_tokenizer: null, post_processor: null, decoder: null }
  return { ...parts, ...tokenizer, added_tokens: added }
}

const plainToken = { single_word: false, lstrip: false, rstrip: false, normalized: false }

/** The texts and ids of a model's own vocabulary, which is an object, or a list of texts and scores. */
function vocabularyOf(model: Json | undefined): [string, number][] {
  const vocabulary = isRecord(model) ? model['vocab'] : undefined
  if (Array.isArray(vocabulary)) {
    return (vocabulary as readonly Json[]).flatMap((entry, id): [string, number][] => {
      const [text] = asArray(entry)
      return typeof text === 'string' ? [[text, id]] : []
    })
  }
  return isRecord(vocabulary)
    ? Object.entries(vocabulary).map(([text, id]): [string, number] => [text, idIn(id)])
    : []
}

/** NaN for what is no id: such a token is never met. */
function idIn(value: Json | undefined): number {
  return typeof value === 'number' ? value : NaN
}

/** The largest id of the model's own vocabulary that is no added token's; −1 where there is none. */
export function largestOwnId(tokenizer: JsonRecord): number {
  const added = new Set(addedTokens(tokenizer).map(({ id }) => id))
  return vocabularyOf(tokenizer['model']).reduce(
    (most, [, id]) => (id > most && !added.has(id) ? id : most),
    -1,
  )
}

/** The added tokens of a completed tokenizer.json. */
export function addedTokens(tokenizer: JsonRecord): readonly AddedToken[] {
  return asArray(tokenizer['added_tokens'])
    .filter(isRecord)
    .map((token) => ({
      id: idIn(token['id']),
      content: tokenText(token) ?? '',
      special: token['special'] === true,
      control: token['control'] === true,
      lstrip: token['lstrip'] === true,
      rstrip: token['rstrip'] === true,
    }))
}

/** The tokenizer without the space that SentencePiece styles add before every text, where the boundary rules it out. */
export function withoutPrefix(tokenizer: JsonRecord, boundary: Boundary): JsonRecord {
  if (boundary === 'start') return tokenizer
  return {
    ...tokenizer,
    normalizer: unprefixed(tokenizer['normalizer'] ?? null, boundary),
    pre_tokenizer: unprefixed(tokenizer['pre_tokenizer'] ?? null, boundary),
  }
}

function unprefixed(step: Json, boundary: 'section' | 'inside'): Json {
  if (!isRecord(step)) return step
  if (step['type'] === 'Sequence') {
    const list = 'normalizers' in step ? 'normalizers' : 'pretokenizers'
    const steps = asArray(step[list]).map((inner) => unprefixed(inner, boundary))
    return { ...step, [list]: steps.filter((inner) => inner !== null) }
  }
  if (step['type'] === 'Metaspace') {
    const atEverySection = (step['prepend_scheme'] ?? 'always') === 'always'
    const kept = boundary === 'section' && atEverySection
    return kept ? step : { ...step, prepend_scheme: 'never' }
  }
  if (boundary === 'section') return step
  if (step['type'] === 'Prepend') return null
  if (step['type'] === 'ByteLevel') return { ...step, add_prefix_space: false }
  return step
}

export function asArray(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : []
}
