// The tokenizer in GGUF metadata as tokenizer.json and tokenizer_config.json.
import { LongtabError } from '../../api/errors.ts'
import { savedFamily } from './config.ts'
import type { GgufHeader } from './header.ts'
import { tokenType, type Vocabulary } from './tokenizers/kind.ts'
import { kinds } from './tokenizers/kinds.ts'

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
  const kind = String(metadata['tokenizer.ggml.model'])
  const read = Object.hasOwn(kinds, kind) ? kinds[kind] : undefined
  if (read === undefined) {
    throw new LongtabError(
      'unsupported-model',
      `the GGUF tokenizer ${kind} is not supported; supported: ${Object.keys(kinds).join(', ')}`,
    )
  }
  const { startsText, ...parts } = read(vocabulary, metadata)
  const family = savedFamily(metadata)
  const added_tokens = tokens.flatMap((content, id) => {
    const special = types[id] === tokenType.control
    if (!special && types[id] !== tokenType.userDefined) return []
    const rstrip = special && family?.stripsSpace(content, kind) === true
    return [{ ...plainToken, id, content, special, rstrip }]
  })
  const starts = (metadata['tokenizer.ggml.add_bos_token'] ?? startsText) === true
  const bos = starts ? named.bos_token : undefined
  return {
    tokenizer: JSON.stringify({
      version: '1.0',
      added_tokens,
      ...parts,
      post_processor: bos === undefined ? null : starting(bos, tokens.indexOf(bos)),
    }),
    config: JSON.stringify({
      ...named,
      add_bos_token: bos !== undefined,
      chat_template: metadata['tokenizer.chat_template'],
    }),
  }
}

const plainToken = { single_word: false, lstrip: false, rstrip: false, normalized: false }

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
