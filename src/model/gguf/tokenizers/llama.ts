// SentencePiece's BPE, whose merges follow from the scores, as transformers derives them (`convert_slow_tokenizer.py`).
import { LongtabError } from '../../../api/errors.ts'
import { bpe, tokenType, type TokenizerKind, type Vocabulary } from './kind.ts'
import { spaced } from './spaced.ts'

export const llama: TokenizerKind = (vocabulary) => {
  const { named, addsSpace } = vocabulary
  return {
    ...spaced(addsSpace),
    pre_tokenizer: null,
    model: bpe(vocabulary, mergesOf(vocabulary), {
      unk_token: named.unk_token ?? null,
      fuse_unk: true,
      byte_fallback: true,
    }),
    startsText: true,
  }
}

/** Characters of a piece. SentencePiece's own limit is 16, models have runs of spaces beyond; the ways to cut a piece in
 * two grow with the square of it. */
const longestPiece = 1024

/** Every way to join two pieces to a third, the best piece first. */
function mergesOf({ tokens, scores, types }: Vocabulary): [string, string][] {
  const ids = new Map(tokens.map((token, id) => [token, id]))
  const isPiece = (id: number) => types[id] !== tokenType.control && types[id] !== tokenType.byte
  const found: { readonly pair: [string, string]; readonly score: number }[] = []
  tokens.forEach((token, id) => {
    if (!isPiece(id)) return
    if (token.length > longestPiece) {
      throw new LongtabError(
        'bad-file',
        `piece ${id} of the GGUF tokenizer has ${token.length.toLocaleString('en-US')} characters, at most ${longestPiece.toLocaleString('en-US')} are read; fetch the file again`,
      )
    }
    const pairs: [left: number, right: number][] = []
    for (let end = 1; end < token.length; end++) {
      const left = ids.get(token.slice(0, end))
      const right = ids.get(token.slice(end))
      if (left !== undefined && right !== undefined) pairs.push([left, right])
    }
    pairs.sort((a, b) => a[0] - b[0] || a[1] - b[1])
    const score = scores[id] ?? 0
    for (const [left, right] of pairs) {
      found.push({ pair: [tokens[left] ?? '', tokens[right] ?? ''], score })
    }
  })
  const lengths = (pair: readonly [string, string]) => [pair[0].length, pair[1].length] as const
  found.sort((a, b) => {
    const [leftA, rightA] = lengths(a.pair)
    const [leftB, rightB] = lengths(b.pair)
    return b.score - a.score || leftB - leftA || rightB - rightA
  })
  return found.map(({ pair }) => pair)
}
