// Workaround: the library's `Digits` matches only 0 to 9. Rust's `char::is_numeric`, with which tokenizers were trained,
// matches every numeral of Unicode: ², ½, ٣. A `Split` with a pattern does the same. Delete this file when Digits of
// tokenizers-js matches \p{N} (it is \d in 0.2.0).
import { isRecord, type Json, type JsonRecord } from './tokenizer_file.ts'

/** A tokenizer.json with its `Digits` written as `Split`. */
export function withAllNumerals(tokenizer: JsonRecord): JsonRecord {
  return { ...tokenizer, pre_tokenizer: rewritten(tokenizer['pre_tokenizer'] ?? null) }
}

/** Also inside sequences. */
function rewritten(preTokenizer: Json): Json {
  if (!isRecord(preTokenizer)) return preTokenizer
  const { type, individual_digits, pretokenizers } = preTokenizer
  if (Array.isArray(pretokenizers)) {
    return { ...preTokenizer, pretokenizers: pretokenizers.map(rewritten) }
  }
  if (type !== 'Digits') return preTokenizer
  const Regex = individual_digits === true ? '\\p{N}' : '\\p{N}+'
  return { type: 'Split', pattern: { Regex }, behavior: 'Isolated', invert: false }
}
