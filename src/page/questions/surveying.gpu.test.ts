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
  doubtful: false,
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
  const surveyCost = async ({ join = false }) => ({
    pieces: 2,
    readTokens: join ? 1500 : 1200,
    writtenTokens: 256,
  })
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

test('pieces are shown as they come, each with its place', async () => {
  const { given, shown } = openTranscript('passages')
  await offer('List every invoice.')
  button('Start').click()
  const [run] = given
  expect(run?.options.join).toBe(false)
  expect(document.activeElement).toBe(button('Stop'))
  run?.options.onPart?.(part(0, '- 4821'))
  expect(entries()).toContain('Piece 2 of 2')
  expect(document.querySelector('details.fold')?.matches('[open]')).toBe(true)
  button('Piece 1').click()
  expect(shown).toEqual([0])
  run?.options.onPart?.({ ...part(1, 'a lion'), doubtful: true })
  expect(document.querySelector('.part.doubtful')?.textContent).toContain('it may be made up')
  run?.end({ text: '- 4821\na lion\n', finish: 'end', parts: [part(0, '- 4821'), part(1, '')] })
  await vi.waitFor(() => expect(entries()).toContain('One line was left out'))
  expect(entries()).toContain('Answers about the pieces: 2 of 2')
  expect(entries().split('4821'), 'it stands there once').toHaveLength(2)
  expect(button('Ask the whole document').hidden).toBe(false)
})

test('answers are joined where that is chosen, and the list stays in sight below', async () => {
  const { given } = openTranscript('passages')
  await offer('Summarise the letters.')
  document.querySelector<HTMLInputElement>('[data-testid="survey"] input')?.click()
  await vi.waitFor(() => expect(entries()).toContain('1,500 tokens'))
  button('Start').click()
  const [run] = given
  expect(run?.options.join).toBe(true)
  run?.options.onPart?.(part(0, 'It rained.'))
  run?.options.onPart?.(part(1, 'It snowed.'))
  run?.end({ text: 'The weather was bad.', finish: 'end', parts: [] })
  await vi.waitFor(() => expect(entries()).toContain('The model joined this'))
  expect(document.querySelector('.answer')?.textContent).toBe('The weather was bad.')
  expect(document.querySelector('details.fold')?.matches('[open]')).toBe(true)
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
