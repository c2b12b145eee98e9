// Splits the single endless word of a SentencePiece-style BPE. It cuts between two characters that are adjacent in no
// token of the vocabulary, where no merge can reach across. The ids are unchanged, and the model's word cache becomes
// effective.
import { BPE, MetaspacePreTokenizer, PreTokenizer, type Tokenizer } from '@huggingface/tokenizers'

/**
 * The bigrams inside a vocabulary's tokens, as pairs of UTF-16 units. None for a model that takes whole words from its
 * vocabulary or marks word ends, since a split would change its ids.
 */
export function joinedBigrams(model: Tokenizer['model']): ReadonlySet<number> | undefined {
  if (!(model instanceof BPE) || model.ignore_merges) return undefined
  if (model.end_of_word_suffix || model.continuing_subword_suffix) return undefined
  const joined = new Set<number>()
  for (const token of model.tokens_to_ids.keys()) {
    for (let i = 1; i < token.length; i++) {
      joined.add(bigram(token.charCodeAt(i - 1), token.charCodeAt(i)))
    }
  }
  return joined
}

/** Makes a tokenizer without word boundaries split its text outside these bigrams. Other tokenizers are unchanged. */
export function splitAtSafeBigrams(tokenizer: Tokenizer, joined: ReadonlySet<number>): void {
  const before = tokenizer.pre_tokenizer
  if (before === null || before instanceof MetaspacePreTokenizer) {
    tokenizer.pre_tokenizer = new BigramSplit(before, joined)
  }
}

class BigramSplit extends PreTokenizer {
  readonly before: PreTokenizer | null
  readonly joined: ReadonlySet<number>

  constructor(before: PreTokenizer | null, joined: ReadonlySet<number>) {
    super()
    this.before = before
    this.joined = joined
  }

  override pre_tokenize_text(text: string, options?: object): string[] {
    const words = this.before === null ? [text] : this.before.pre_tokenize(text, options)
    return words.flatMap((word) => splitWord(word, this.joined))
  }
}

function splitWord(word: string, joined: ReadonlySet<number>): string[] {
  const parts: string[] = []
  let start = 0
  for (let i = 1; i < word.length; i++) {
    const [left, right] = [word.charCodeAt(i - 1), word.charCodeAt(i)]
    if (isLowSurrogate(right) || joined.has(bigram(left, right))) continue
    parts.push(word.slice(start, i))
    start = i
  }
  parts.push(word.slice(start))
  return parts
}

const bigram = (left: number, right: number) => left * 0x10000 + right

const isLowSurrogate = (unit: number) => unit >= 0xdc00 && unit <= 0xdfff
