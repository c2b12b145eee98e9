// tokenizer.json rewritten for text in which control tokens mean nothing, which the tokenizers library has no switch for
// either.
import { addedTokens, asArray, isRecord, tokenText, type JsonRecord } from './tokenizer_file.ts'
import { hiderFor } from './tokenizer_types.ts'

/** The tokenizer without its control tokens: written in a text, `</s>` is then four ordinary characters. */
export function withoutControls(tokenizer: JsonRecord): JsonRecord {
  const controls = controlTexts(tokenizer)
  const added = asArray(tokenizer['added_tokens']).filter(isRecord)
  const model = tokenizer['model']
  return {
    ...tokenizer,
    added_tokens: added.filter((token) => !controls.has(tokenText(token) ?? '')),
    model: isRecord(model) ? (hiderFor(model)?.(model, controls) ?? model) : null,
  }
}

/** The texts of the control tokens of a completed tokenizer.json. */
export function controlTexts(tokenizer: JsonRecord): ReadonlySet<string> {
  return new Set(addedTokens(tokenizer).flatMap((one) => (one.control ? [one.content] : [])))
}
