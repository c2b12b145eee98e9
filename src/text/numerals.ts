// A workaround: the library's `Digits` knows 0 to 9 alone, where Rust's `char::is_numeric`, which tokenizers were trained
// with, knows every numeral of Unicode: ², ½, ٣. `Split` says the same with a pattern.
// To be deleted when tokenizers-js's Digits matches \p{N} (it is \d in 0.2.0).
import { isRecord, type Json, type JsonRecord } from './tokenizer_file.ts'

/** A tokenizer.json with its `Digits` written as `Split`. */
export function withAllNumerals(tokenizer: JsonRecord): JsonRecord {
  return { ...tokenizer, pre_tokenizer: rewritten(tokenizer['pre_tokenizer'] ?? null) }
}

/** LocalOrRemote they stand in a sequence. */
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
