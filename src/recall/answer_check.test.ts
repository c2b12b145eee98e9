import { expect, it } from 'vitest'
import { openTokenizer } from '../text/tokenizer.ts'
import { byteBpe } from '../testing/small_tokenizers.ts'
import { checkOf, judgementOf, logOdds } from './answer_check.ts'

it('asks about the question and the answer, and for one word', () => {
  const text = checkOf('Who rowed?', 'Anna.')
  expect(text).toContain('Question: Who rowed?\nProposed answer: Anna.\n')
  expect(text).toMatch(/one word, yes or no\.$/)
})

it('has no judgement where no token is a whole yes or no', () => {
  expect(judgementOf(openTokenizer(byteBpe))).toBeUndefined()
})

it('adds up what says yes, and what says no', () => {
  const judgement = { yes: [5, 9], no: [7] }
  const logits = Float32Array.from([Math.log(3), Math.log(5), Math.log(2)])
  expect(logOdds(logits, judgement)).toBeCloseTo(Math.log(8 / 2), 5)
  const large = logits.map((logit) => logit + 300)
  expect(logOdds(large, judgement), 'without overflow').toBeCloseTo(Math.log(4), 3)
})
