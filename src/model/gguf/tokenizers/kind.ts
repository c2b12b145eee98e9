// One kind of tokenizer in GGUF metadata: how it becomes a tokenizer.json. A further kind is one more file like gpt2.ts and
// a line in kinds.ts.
import type { GgufHeader } from '../header.ts'

export type TokenizerKind = (
  vocabulary: Vocabulary,
  metadata: GgufHeader['metadata'],
) => TokenizerParts

export interface Vocabulary {
  readonly tokens: readonly string[]
  /** (token), SentencePiece's: the higher, the earlier its pieces are joined */
  readonly scores: readonly number[]
  /** (token), see `tokenType` */
  readonly types: readonly unknown[]
  readonly named: Readonly<Record<string, string | undefined>>
  readonly addsSpace: boolean
}

/** `tokenizer.ggml.token_type` */
export const tokenType = { control: 3, userDefined: 4, byte: 6 }

/** Fields of tokenizer.json, and what GGUF leaves to the reader. */
export interface TokenizerParts {
  readonly normalizer: object | null
  readonly pre_tokenizer: object | null
  readonly decoder: object
  readonly model: object
  /** whether texts begin with the start token where the file does not say; llama.cpp's own default */
  readonly startsText: boolean
}

/** The `model` of a tokenizer.json that joins pieces pair by pair. */
export function bpe(
  { tokens }: Vocabulary,
  merges: readonly (readonly [string, string])[],
  own: object,
): object {
  return {
    type: 'BPE',
    ...{ dropout: null, continuing_subword_prefix: null, end_of_word_suffix: null },
    ...{ unk_token: null, fuse_unk: false, byte_fallback: false, ignore_merges: false },
    vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
    merges,
    ...own,
  }
}

/** Pairs of pieces that are joined, the first first, where the file lists them. */
export function mergesListed(metadata: GgufHeader['metadata']): [string, string][] {
  const listed = metadata['tokenizer.ggml.merges']
  return (Array.isArray(listed) ? listed : []).map((merge) => {
    const text = String(merge)
    const space = text.indexOf(' ', 1) // a piece may begin with a space, in no alphabet here end with one
    return [text.slice(0, space), text.slice(space + 1)]
  })
}
