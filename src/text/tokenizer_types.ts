// The types of model that a tokenizer.json may have: one entry each, which says how the model is kept from finding control
// tokens in a text.
import { isRecord, type JsonRecord } from './tokenizer_file.ts'

/** @param controls texts of control tokens */
type Hide = (model: JsonRecord, controls: ReadonlySet<string>) => JsonRecord

/** Vocabulary and merges are large, so all variants share them: see control_merges.ts. */
const unchanged: Hide = (model) => model

const types: Readonly<Record<string, Hide>> = {
  BPE: unchanged,
  Unigram: renamed,
  WordPiece: leftOut,
  WordLevel: leftOut,
}

export const supportedTypes = Object.keys(types)

/** Undefined for a type that is not supported; files may leave it out. */
export function hiderFor({ type, vocab }: JsonRecord): Hide | undefined {
  const named = type ?? (Array.isArray(vocab) ? 'Unigram' : 'BPE')
  return typeof named === 'string' && Object.hasOwn(types, named) ? types[named] : undefined
}

/** Ids are places in the list, so control tokens stay, under texts that no text has. */
function renamed(model: JsonRecord, controls: ReadonlySet<string>): JsonRecord {
  const vocabulary = model['vocab']
  if (!Array.isArray(vocabulary)) return model
  const entries = (vocabulary as readonly [string, number][]).map(([text, score], id) =>
    controls.has(text) && id !== model['unk_id'] ? [`\0${text}`, score] : [text, score],
  )
  return { ...model, vocab: entries }
}

function leftOut(model: JsonRecord, controls: ReadonlySet<string>): JsonRecord {
  const vocabulary = model['vocab']
  if (!isRecord(vocabulary)) return model
  const entries = Object.entries(vocabulary).filter(
    ([text]) => !controls.has(text) || text === model['unk_token'],
  )
  return { ...model, vocab: Object.fromEntries(entries) }
}
