// tokenizer.json rewritten for text in which special tokens mean nothing, which the tokenizers library has no switch for either.
import { addedTokens, asArray, isRecord, tokenText, type JsonRecord } from './tokenizer_file.ts'
import { hiderFor } from './tokenizer_types.ts'

/** The tokenizer without its special tokens: written in a text, `</s>` is then four ordinary characters. */
export function withoutSpecials(tokenizer: JsonRecord): JsonRecord {
  const specials = new Set(addedTokens(tokenizer).flatMap((t) => (t.special ? [t.content] : [])))
  const added = asArray(tokenizer['added_tokens']).filter(isRecord)
  const model = tokenizer['model']
  return {
    ...tokenizer,
    added_tokens: added.filter((token) => !specials.has(tokenText(token) ?? '')),
    model: isRecord(model) ? (hiderFor(model)?.(model, specials) ?? model) : null,
  }
}
