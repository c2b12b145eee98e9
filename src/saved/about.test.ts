// What is known of a saved document is believed as far as its kinds of values go.
import { expect, test } from 'vitest'
import { requireAbout, type About } from './about.ts'

const about: About = {
  title: 'Emma',
  savedAt: 5,
  model: { source: 'owner/name', fingerprint: 'f', shape: '1×2×3×4×5', weights: 'w' },
  settings: {
    ...{ budget: 4, burst: 0, chunk: 4, tail: 4, local: 1 },
    ...{ positions: 'slot', allocation: 'even', recall: 'none' },
    policy: { name: 'streaming', stabilizers: 0, sinks: 0 },
    storage: { weights: 'f32', cache: 'f32' },
  },
  budgets: [[4]],
  document: {
    form: 'chat',
    isSkimmed: false,
    prefix: [1],
    ...{ tokens: 7, prefilled: 7, encoding: 'utf-8', notes: [], readMs: 1 },
  },
  file: { format: 'text', firstChar: [], place: [] },
  cache: {
    seen: 7,
    heads: [[{ capacity: 8, occupied: 4, merged: { first: 0, end: 0 } }]],
  },
}
const opened = (changed: object) =>
  requireAbout({
    name: 'emma.longtab',
    about: JSON.parse(JSON.stringify({ ...about, ...changed })),
  })

test('what was written is taken', () => {
  expect(opened({})).toEqual(about)
  expect(opened({ units: { tokens: 3 }, passages: { chars: 9 } }).units).toEqual({ tokens: 3 })
})

const { document, model, cache } = about
test.each([
  ['title', { title: undefined }],
  ['model', { model: { ...model, fingerprint: 7 } }],
  ['settings', { settings: { budget: [1] } }],
  ['budgets', { budgets: [4] }],
  ['document', { document: { ...document, form: 'html' } }],
  ['document', { document: { ...document, tokens: -1 } }],
  ['document', { document: { ...document, prefix: [1.5] } }],
  ['cache', { cache: { ...cache, heads: [[{ capacity: 8, occupied: 'all' }]] } }],
  ['units', { units: { tokens: 0.5 } }],
])('another kind of %s is refused by its name', (field, changed) => {
  expect(() => opened(changed)).toThrow(
    new RegExp(`^emma.longtab does not say what its document is: ${field} is missing or`),
  )
})

test('a file without any is refused', () => {
  expect(() => requireAbout({ name: 'a', about: null })).toThrow(/title is missing/)
})
