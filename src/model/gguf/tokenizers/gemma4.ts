// Gemma 4: BPE over characters, which comes with its merges. Spaces are written as ▁, and lines are split from their ends.
import { bpe, mergesListed, type TokenizerKind } from './kind.ts'
import { spaced } from './spaced.ts'

export const gemma4: TokenizerKind = (vocabulary, metadata) => ({
  ...spaced(false),
  pre_tokenizer: {
    type: 'Split',
    pattern: { Regex: '[^\\n]+|[\\n]+' },
    behavior: 'Isolated',
    invert: false,
  },
  model: bpe(vocabulary, mergesListed(metadata), {
    unk_token: vocabulary.named.unk_token ?? null,
    fuse_unk: true,
    byte_fallback: true,
  }),
  startsText: true,
})
