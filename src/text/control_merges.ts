// Keeps byte-pair encoding from building control tokens out of ordinary text. Vocabularies made from SentencePiece scores
// have merges that lead to user-defined tokens, and a model that takes whole words from its vocabulary needs no merge.
import { BPE } from '@huggingface/tokenizers'

const emptyModel = { type: 'BPE', unk_token: null, ignore_merges: true } as const

/** Takes the merges away whose result is a control token. No other token is built from one. */
export function dropControlMerges(model: BPE, controls: ReadonlySet<string>): void {
  for (const text of controls) {
    for (let end = 1; end < text.length; end++) {
      model.bpe_ranks.delete(JSON.stringify([text.slice(0, end), text.slice(end)]))
    }
  }
}

/** The model for text in which control tokens are plain text; vocabulary and merges are shared where they may be. */
export function withoutControlWords(model: BPE, controls: ReadonlySet<string>): BPE {
  if (!model.ignore_merges) return model
  const words = new Map(model.tokens_to_ids)
  for (const text of controls) words.delete(text)
  return Object.assign(new BPE({ ...emptyModel, vocab: {}, merges: [] }), model, {
    tokens_to_ids: words,
  })
}
