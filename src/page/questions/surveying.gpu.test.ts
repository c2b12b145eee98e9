// Asking the whole document on the page, with a pretended one: what it costs first, then how far it is, then what was found.
import { afterEach, expect, test, vi } from 'vitest'
import type { LongDocument, Model, SurveyOptions, SurveyPart, SurveySummary } from '../../index.ts'
import { make } from '../elements.ts'
import { createTranscript } from './transcript.ts'

afterEach(() => document.body.replaceChildren())

const part = (index: number, answer: string): SurveyPart => ({
  index,
  pieces: 2,
  passage: { firstChar: 10 * index, length: 10, firstToken: 0, tokens: 9, text: 'a piece' },
  answer,
  unfounded: index,
  cut: false,
})

/** A document of two pieces that is surveyed as slowly as the test wants. */
function pretended() {
  const given: { options: SurveyOptions; end: (summary: SurveySummary) => void }[] = []
  const survey = (_: string, options: SurveyOptions = {}) => {
    const summary = new Promise<SurveySummary>((end) => given.push({ options, end }))
    async function* text() {
      yield (await summary).text
    }
    return { summary, [Symbol.asyncIterator]: text }
  }
  const surveyCost = async () => ({ pieces: 2, readTokens: 1200, writtenTokens: 768 })
  return { document: { survey, surveyCost } as unknown as LongDocument, given }
}

function openTranscript(recall: 'passages' | 'none', demonstration = false) {
  const slot = make('slot', '')
  document.body.append(slot)
  const shown: number[] = []
  const failed = vi.fn()
  const transcript = createTranscript(slot, () => undefined, {
    failed,
    chooseModel: () => undefined,
    readWithReal: () => undefined,
    source: ({ firstChar }) => shown.push(firstChar),
  })
  transcript.suit({ settings: { recall }, canThink: false } as Model, !demonstration)
  const { document: read, given } = pretended()
  transcript.attach(read)
  return { given, shown, failed }
}

const button = (name: string) => {
  const found = [...document.querySelectorAll('button')].find((one) =>
    one.textContent.includes(name),
  )
  if (!found) throw new Error(`no button ${name}`)
  return found
}
const box = () => document.querySelector('textarea') ?? make('textarea', '')
const entries = () => document.querySelector('[data-testid="survey"]')?.textContent ?? ''

async function offer(question: string): Promise<void> {
  box().value = question
  button('Ask the whole document').click()
  await vi.waitFor(() => expect(entries()).toContain('2 pieces'))
}

test('the cost comes first, and who does not want it has the question back', async () => {
  const { given } = openTranscript('passages')
  await offer('List every invoice.')
  expect(document.activeElement).toBe(button('Start'))
  expect(entries()).toContain('1,200 tokens')
  button('Not now').click()
  expect(box().value).toBe('List every invoice.')
  expect(entries()).toBe('')
  expect(given, 'nothing has started').toHaveLength(0)
})

test('pieces are shown as they come, each with its place, and the joined answer last', async () => {
  const { given, shown } = openTranscript('passages')
  await offer('List every invoice.')
  button('Start').click()
  const [run] = given
  expect(document.activeElement).toBe(button('Stop'))
  expect(entries()).toContain('Piece 1 of 2')
  run?.options.onPart?.(part(0, '- 4821'))
  expect(entries()).toContain('Piece 2 of 2')
  run?.options.onPart?.(part(1, ''))
  expect(entries()).toContain('Answers about the pieces: 1 of 2')
  button('Piece 1').click()
  expect(shown).toEqual([0])
  run?.end({ text: 'Invoice 4821.', finish: 'end', parts: [part(0, '- 4821'), part(1, '')] })
  await vi.waitFor(() => expect(entries()).toContain('Invoice 4821.'))
  await vi.waitFor(() => expect(entries()).toContain('One line was left out'))
  expect(document.querySelector('details.fold')?.matches('[open]')).toBe(true)
  expect(button('Ask the whole document').hidden).toBe(false)
})

test('Stop ends it, and what was found stays', async () => {
  const { given, failed } = openTranscript('passages')
  await offer('List every invoice.')
  button('Start').click()
  const [run] = given
  run?.options.onPart?.(part(0, '- 4821'))
  button('Stop').click()
  expect(run?.options.signal?.aborted).toBe(true)
  run?.end({ text: '', finish: 'aborted', parts: [part(0, '- 4821')] })
  await vi.waitFor(() => expect(entries()).toContain('Stopped'))
  expect(entries()).toContain('4821')
  expect(failed).not.toHaveBeenCalled()
})

test('it is offered only where the document has passages and the model answers freely', () => {
  openTranscript('none')
  expect(button('Ask the whole document').hidden).toBe(true)
  document.body.replaceChildren()
  openTranscript('passages', true)
  expect(button('Ask the whole document').hidden).toBe(true)
})
