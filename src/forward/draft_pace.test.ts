import { expect, test } from 'vitest'
import { createDraftPace, mayDraft } from './draft_pace.ts'

const steps = 8

/** After steps of both kinds have been timed, and drafts gave so many tokens each. */
function paceOf({ ahead, waiting, gave }: Record<'ahead' | 'waiting' | 'gave', number>) {
  const pace = createDraftPace()
  for (let step = 0; step < steps; step++) {
    pace.ranAhead(ahead)
    pace.waited(waiting)
    pace.gave(gave)
  }
  return pace
}

test('first steps run ahead, then as many wait, before the two are compared', () => {
  const pace = createDraftPace()
  pace.gave(2)
  for (let step = 0; step < steps; step++) {
    expect(pace.waits()).toBe(false)
    pace.ranAhead(10)
  }
  for (let step = 0; step < steps; step++) {
    expect(pace.waits()).toBe(true)
    pace.waited(100)
  }
  expect(pace.waits()).toBe(false)
})

test('drafts pay where their tokens outweigh the wait', () => {
  expect(paceOf({ ahead: 10, waiting: 12, gave: 1.5 }).waits()).toBe(true)
  expect(paceOf({ ahead: 10, waiting: 16, gave: 1.5 }).waits()).toBe(false)
})

/** After first steps that ran ahead, while drafts gave so many tokens. */
function beginning(gave: number) {
  const pace = createDraftPace()
  for (let step = 0; step < steps; step++) pace.ranAhead(10)
  pace.gave(gave)
  return pace
}

test('waiting is not tried where drafts hit too rarely', () => {
  expect(beginning(4).waits()).toBe(true)
  expect(beginning(1.1).waits()).toBe(false)
})

test('a pause is no step', () => {
  const pace = paceOf({ ahead: 10, waiting: 12, gave: 1.5 })
  pace.waited(5000)
  expect(pace.waits()).toBe(true)
})

test('drafts that begin to hit pay again', () => {
  const pace = paceOf({ ahead: 10, waiting: 16, gave: 1 })
  for (let step = 0; step < 32; step++) pace.gave(3)
  expect(pace.waits()).toBe(true)
})

test('answers are drafted on a GPU, unless a state would keep what was refused', () => {
  const adapter = (isFallbackAdapter: boolean) => ({ isFallbackAdapter }) as GPUAdapterInfo
  const [gpu, software] = [adapter(false), adapter(true)]
  const kinds = ['short convolution', 'attention'] as const
  expect(mayDraft(gpu, { kinds })).toBe(true)
  expect(mayDraft(software, { kinds })).toBe(false)
  expect(mayDraft(gpu, { kinds: ['gated delta net', 'attention'] })).toBe(false)
})
