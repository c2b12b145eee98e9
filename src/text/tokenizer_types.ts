// The types of model that a tokenizer.json may have: one entry each, which says how the model is kept from finding special
// tokens in a text.
import { isRecord, type JsonRecord } from './tokenizer_file.ts'

/** @param specials texts of special tokens */
type Hide = (model: JsonRecord, specials: ReadonlySet<string>) => JsonRecord

/** Of models that build tokens from smaller ones and so never reach a special token. */
const unchanged: Hide = (model) => model

const types: Readonly<Record<string, Hide>> = {
  BPE: unchanged,
  Unigram: renamed,
  WordPiece: unchanged,
  WordLevel: leftOut,
}

export const supportedTypes = Object.keys(types)

/** Undefined for a type that is not supported; files may leave it out. */
export function hiderFor({ type, vocab }: JsonRecord): Hide | undefined {
  const named = type ?? (Array.isArray(vocab) ? 'Unigram' : 'BPE')
  return typeof named === 'string' && Object.hasOwn(types, named) ? types[named] : undefined
}

/** Ids are places in the list, so special tokens stay, under texts that no text has. */
function renamed(model: JsonRecord, specials: ReadonlySet<string>): JsonRecord {
  const vocabulary = model['vocab']
  if (!Array.isArray(vocabulary)) return model
  const entries = (vocabulary as readonly [string, number][]).map(([text, score], id) =>
    specials.has(text) && id !== model['unk_id'] ? [`\0${text}`, score] : [text, score],
  )
  return { ...model, vocab: entries }
}

function leftOut(model: JsonRecord, specials: ReadonlySet<string>): JsonRecord {
  const vocabulary = model['vocab']
  if (!isRecord(vocabulary)) return model
  const entries = Object.entries(vocabulary).filter(
    ([text]) => !specials.has(text) || text === model['unk_token'],
  )
  return { ...model, vocab: Object.fromEntries(entries) }
}
