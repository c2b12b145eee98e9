// Byte-level BPE, which comes with its merges.
import { LongtabError } from '../../../api/errors.ts'
import { bpe, type TokenizerKind } from './kind.ts'
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
  const listed = metadata['tokenizer.ggml.merges']
  const merges = (Array.isArray(listed) ? listed : []).map((merge): [string, string] => {
    const text = String(merge)
    const space = text.indexOf(' ', 1) // a piece may begin with a space, never in byte-level alphabets end with one
    return [text.slice(0, space), text.slice(space + 1)]
  })
  return {
    normalizer: found.normalizer,
    pre_tokenizer: found.steps,
    decoder: byteLevel(true),
    model: bpe(vocabulary, merges, { ignore_merges: found.ignoresMerges }),
    startsText: found.startsText,
  }
}
