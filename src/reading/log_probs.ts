// How likely the tokens of an answer are, where it is to tell them: found on the GPU behind the choice of each step, and read back
// with its id.
import { mostLikeliest, type ChosenToken, type LikelyToken } from '../api/answer.ts'
import { LongtabError } from '../api/errors.ts'
import type { Engine } from '../forward/engine.ts'
import { noToken } from '../kernels/no_token.ts'
import { wordsPerPlace } from '../kernels/log_prob_words.ts'
import type { Tokenizer } from '../text/tokenizer.ts'

export interface LogProbs {
  /** words that a step sends back behind its id */
  readonly words: number
  /** Records what finds those of a step, and their way into its slot. */
  record(step: number): void
  /** Takes the words of a step. */
  take(words: Uint32Array): void
  /** The token that was taken last. */
  latest(): ChosenToken
}

/**
 * Throws LongtabError `bad-setting` for a count that cannot be told.
 * @param likeliest how many tokens are told in the place of each
 */
export async function openLogProbs(
  { kernels, recorder, scratch, answerIds, plan }: Engine,
  tokenizer: Tokenizer,
  likeliest: number,
): Promise<LogProbs> {
  requireLikeliest(likeliest)
  const kernel = await kernels.tokenLogProbs()
  const params = { vocabulary: plan.model.vocabulary, likeliest }
  const buffers = { logits: scratch.logits, ids: scratch.ids, found: scratch.logProbs }
  const words = wordsPerPlace * (1 + likeliest)
  const describe = describer(tokenizer)
  let taken = new Uint32Array(words)
  return {
    words,
    record(step) {
      recorder.run(kernel, params, buffers, [1])
      recorder.copy(scratch.logProbs, 0, answerIds.slot(step), 4, 4 * words)
    },
    take(found) {
      taken = Uint32Array.from(found)
    },
    latest() {
      const logProbs = new Float32Array(taken.buffer)
      const [chosen, ...others] = Array.from({ length: 1 + likeliest }, (_, place) =>
        describe(
          taken[wordsPerPlace * place] ?? noToken,
          logProbs[wordsPerPlace * place + 1] ?? NaN,
        ),
      )
      if (chosen === undefined) throw new Error('no token was taken')
      return { ...chosen, likeliest: others.filter(({ id }) => id !== noToken) }
    },
  }
}

function requireLikeliest(count: number): void {
  if (Number.isSafeInteger(count) && count >= 0 && count <= mostLikeliest) return
  throw new LongtabError(
    'bad-setting',
    `logProbs must be a whole number from 0 to ${mostLikeliest}, not ${count}`,
  )
}

function describer(tokenizer: Tokenizer): (id: number, logProb: number) => LikelyToken {
  const bytesOf = tokenizer.byteReader()
  const decoder = new TextDecoder()
  return (id, logProb) => {
    const bytes = bytesOf?.(id)
    const text = bytes === undefined ? tokenizer.pieceOf(id) : decoder.decode(bytes)
    return { id, text, bytes: bytes && [...bytes], logProb }
  }
}
