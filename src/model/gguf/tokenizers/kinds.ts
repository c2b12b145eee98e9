// The kinds of tokenizer by their names in `tokenizer.ggml.model`: one line each.
import { gpt2 } from './gpt2.ts'
import type { TokenizerKind } from './kind.ts'
import { llama } from './llama.ts'

export const kinds: Readonly<Record<string, TokenizerKind>> = {
  gpt2,
  llama,
}
