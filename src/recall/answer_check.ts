// The model checks its own answer. It is asked whether the answer is written in the passages, and once more without any. What
// the passages add to its log-odds tells what they say from what only sounds right (docs/research/recall.md).
import type { Tokenizer } from '../text/tokenizer.ts'

/** The wording that told right answers from others best, of fifteen: docs/research/recall.md. */
export function checkOf(question: string, answer: string): string {
  return `Check a proposed answer against the text above.
Question: ${question}
Proposed answer: ${answer}
Some proposed answers are made up. Is this one written in the text? Answer with one word, yes or no.`
}

/** Tokens that say yes, and those that say no. */
export interface Judgement {
  readonly yes: readonly number[]
  readonly no: readonly number[]
}

/** Undefined where the vocabulary has no token that is a whole "yes" or "no". */
export function judgementOf(tokenizer: Tokenizer): Judgement | undefined {
  const yes = wholeTokens(tokenizer, ['yes', 'Yes', 'YES'])
  const no = wholeTokens(tokenizer, ['no', 'No', 'NO'])
  return yes.length > 0 && no.length > 0 ? { yes, no } : undefined
}

/** With a space before it a word is another token, and counts as well. */
function wholeTokens(tokenizer: Tokenizer, words: readonly string[]): number[] {
  const ids = words
    .flatMap((word) => [word, ` ${word}`])
    .flatMap((text) => {
      const [id, ...more] = tokenizer.encode(text, 'data', 'inside')
      return id !== undefined && more.length === 0 ? [id] : []
    })
  return [...new Set(ids)]
}

/**
 * Nats.
 * @param logits (token that says yes), then (token that says no)
 */
export function logOdds(logits: Float32Array, { yes }: Judgement): number {
  return logSumExp(logits.subarray(0, yes.length)) - logSumExp(logits.subarray(yes.length))
}

function logSumExp(values: Float32Array): number {
  const most = values.reduce((a, b) => Math.max(a, b), -Infinity)
  return most + Math.log(values.reduce((sum, value) => sum + Math.exp(value - most), 0))
}
