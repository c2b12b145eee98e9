// RULER's rule for lengths: the largest haystack with which prompt and answer together stay within the requested length.
import { LongtabError } from '../api/errors.ts'
import { randomOf } from './random.ts'
import type { Draw, TaskDocument, TaskRequest } from './task.ts'

/** Tokens of the context, of the longest question with its lead, and of its answer. */
export function tokensOf(document: TaskDocument, count: (text: string) => number): number {
  const { context, questions, turns = false, continuation = '' } = document
  const asked = questions.map(({ question, lead, answers, maxTokens }) => ({
    before: count(`\n\n${question}${lead}`) + (turns ? count(answers.join(' ')) : 0),
    answer: maxTokens,
  }))
  const room = turns
    ? asked.reduce((sum, { before }) => sum + before, 0) + (asked.at(-1)?.answer ?? 0)
    : Math.max(0, ...asked.map(({ before, answer }) => before + answer))
  return count(context) + room + (continuation === '' ? 0 : count(continuation))
}

/**
 * The document of the largest size that fits, drawn from the request's seed. Throws LongtabError `bad-setting` when not
 * even `smallest` fits.
 * @param draw must make longer documents of larger sizes
 */
export function fit(request: TaskRequest, smallest: number, draw: Draw): TaskDocument {
  const { length, count, seed } = request
  const drawn = (size: number) => draw(size, randomOf(seed))
  const fits = (document: TaskDocument) => tokensOf(document, count) <= length
  let document = drawn(smallest)
  if (!fits(document)) {
    throw new LongtabError(
      'bad-setting',
      `a made-up document needs at least ${tokensOf(document, count)} tokens with this tokenizer, not ${length}; raise the length`,
    )
  }
  let [low, step] = [smallest, Math.max(1, smallest)]
  for (; ; step *= 2) {
    const larger = drawn(low + step)
    if (!fits(larger)) break
    low += step
    document = larger
  }
  while (step > 1) {
    step = Math.ceil(step / 2)
    const larger = drawn(low + step)
    if (!fits(larger)) continue
    low += step
    document = larger
  }
  return document
}

/** Relative position of a part in a text, 0 … 1. */
export function depthOf(context: string, part: string): number {
  return context.indexOf(part) / Math.max(1, context.length - part.length)
}
