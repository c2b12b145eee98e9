// Byte-level BPE, which comes with its merges.
import { LongtabError } from '../../../api/errors.ts'
import { bpe, mergesListed, type TokenizerKind } from './kind.ts'
import { byteLevel, preTokenizers, recognised } from './pre_tokenizers.ts'

export const gpt2: TokenizerKind = (vocabulary, metadata) => {
  const named = metadata['tokenizer.ggml.pre'] ?? recognised(vocabulary.tokens)
  const pre = typeof named === 'string' ? named : JSON.stringify(named)
  const found = Object.hasOwn(preTokenizers, pre) ? preTokenizers[pre] : undefined
  if (found === undefined) {
    throw new LongtabError(
      'unsupported-model',
      `the GGUF pre-tokenizer ${pre} is not supported; supported: ${Object.keys(preTokenizers).join(', ')}`,
    )
  }
  return {
    normalizer: found.normalizer,
    pre_tokenizer: found.steps,
    decoder: byteLevel(true),
    model: bpe(vocabulary, mergesListed(metadata), { ignore_merges: found.ignoresMerges }),
    startsText: found.startsText,
  }
}
