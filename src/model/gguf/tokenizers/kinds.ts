// The kinds of tokenizer by their names in `tokenizer.ggml.model`: one line each.
import { gemma4 } from './gemma4.ts'
import { gpt2 } from './gpt2.ts'
import type { TokenizerKind } from './kind.ts'
import { llama } from './llama.ts'

export const kinds: Readonly<Record<string, TokenizerKind>> = {
  gemma4,
  gpt2,
  llama,
}
