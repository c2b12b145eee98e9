// Asking on the page, of a pretended document whose answer fails on its way.
import { afterEach, expect, test, vi } from 'vitest'
import type { AnswerSummary, LongDocument } from '../../index.ts'
import { LongtabError } from '../../api/errors.ts'
import { createAnswer } from '../../worker/answer.ts'
import { make } from '../elements.ts'
import { createTranscript } from './transcript.ts'

afterEach(() => document.body.replaceChildren())

const summary: AnswerSummary = {
  ...{
    text: 'The ferryman.',
    ids: [1, 2],
    finish: 'end',
    thinking: '',
    overflow: 0,
    questionTokens: 9,
  },
  ...{ remembered: 0, reread: [], sources: [], doubtful: false },
  ...{ timeToFirstTokenMs: 0, decodeTokensPerSecond: 0 },
}

test('an answer that fails says why in one sentence, and the next question is answered', async () => {
  const slot = make('slot', '')
  document.body.append(slot)
  const spoken: string[] = []
  const failed = vi.fn()
  const on = { failed, chooseModel: vi.fn(), readWithReal: vi.fn(), source: vi.fn() }
  const transcript = createTranscript(slot, (words) => spoken.push(words), on)
  const why = 'the numbers of layer 3 became infinite in its attention (attend); use another model'
  const error = new LongtabError('bad-numbers', why)
  let asked = 0
  const ask = () =>
    createAnswer(undefined, async (onText) => {
      onText('The ')
      if (++asked === 1) throw error
      onText('ferryman.')
      return Promise.resolve(summary)
    })
  transcript.attach({ ask } as unknown as LongDocument)

  const form = document.querySelector('form')!
  const box = document.querySelector('textarea')!
  const shown = () => document.body.textContent
  const put = (question: string) => {
    box.value = question
    form.requestSubmit()
  }
  put('Who found the letter?')
  const sentence = `T${why.slice(1)}.`
  await vi.waitFor(() => expect(shown()).toContain(sentence))
  expect(spoken).toContain(sentence)
  expect(failed.mock.calls).toEqual([[error]])

  put('Who found the letter then?')
  await vi.waitFor(() => expect(shown()).toContain('The ferryman.'))
  expect(failed).toHaveBeenCalledTimes(1)
})
