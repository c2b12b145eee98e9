// How likely tokens were, as OpenAI's objects say it.
import type { ChosenToken, LikelyToken } from '../index.ts'
import type { Logprobs, TokenLogprob } from './response.ts'

export function logprobsOf(tokens: readonly ChosenToken[]): Logprobs {
  const content = tokens.map((token) => ({
    ...tokenOf(token),
    top_logprobs: token.likeliest.map(tokenOf),
  }))
  return { content, refusal: null }
}

function tokenOf({ text, bytes, logProb }: LikelyToken): TokenLogprob {
  return { token: text, bytes: bytes === undefined ? null : [...bytes], logprob: logProb }
}
