import { expect, it } from 'vitest'
import type { AnswerSummary } from '../api/answer.ts'
import { createAnswer } from './answer.ts'

const text = 'The pass key is 09090.'
const summary: AnswerSummary = {
  ...{
    text,
    ids: [1, 2, 3],
    finish: 'end',
    thinking: '',
    overflow: 0,
    remembered: 0,
    questionTokens: 9,
  },
  ...{ reread: [], sources: [], doubtful: false },
  ...{ timeToFirstTokenMs: 0, decodeTokensPerSecond: 0 },
}

async function all(pieces: AsyncIterable<string>): Promise<string[]> {
  const got: string[] = []
  for await (const piece of pieces) got.push(piece)
  return got
}

it('gives the pieces as they come', async () => {
  const answer = createAnswer(undefined, async (onText) => {
    for (const piece of ['The pass ', 'key is ', '09090.']) {
      await Promise.resolve()
      onText(piece)
    }
    return summary
  })
  expect(await all(answer)).toEqual(['The pass ', 'key is ', '09090.'])
  expect(await answer.summary).toBe(summary)
})

it('is whole where pieces come later than the summary, each of them once', async () => {
  let late: (text: string) => void = () => undefined
  const answer = createAnswer(undefined, async (onText) => {
    late = onText
    onText('The pass ')
    return Promise.resolve(summary)
  })
  const got: string[] = []
  for await (const piece of answer) {
    got.push(piece)
    if (got.length === 2) late('key is 09090.')
  }
  expect(got.join('')).toBe(text)
})

it('ends with the error that ended it', async () => {
  const answer = createAnswer(undefined, (onText) => {
    onText('The ')
    return Promise.reject(new Error('the device was lost'))
  })
  await expect(all(answer)).rejects.toThrow('the device was lost')
})

it('is stopped when its loop is left', async () => {
  let stopped: AbortSignal | undefined
  const answer = createAnswer(undefined, (onText, signal) => {
    stopped = signal
    onText('The ')
    return new Promise<never>(() => undefined)
  })
  for await (const piece of answer) {
    expect(piece).toBe('The ')
    break
  }
  expect(stopped?.aborted).toBe(true)
})
