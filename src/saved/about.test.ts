// What is known of a saved document is believed as far as its kinds of values go.
import { expect, test } from 'vitest'
import { about } from './about.fixture.ts'
import { requireAbout } from './about.ts'

const opened = (changed: object) =>
  requireAbout({
    name: 'emma.longtab',
    about: JSON.parse(JSON.stringify({ ...about, ...changed })),
  })

test('what was written is taken', () => {
  expect(opened({})).toEqual(about)
  expect(opened({ units: { tokens: 3 }, passages: { chars: 9 } }).units).toEqual({ tokens: 3 })
})

const { document, model, cache, file } = about
test.each([
  ['title', { title: undefined }],
  ['model', { model: { ...model, fingerprint: 7 } }],
  ['settings', { settings: { budget: [1] } }],
  ['budgets', { budgets: [4] }],
  ['document', { document: { ...document, form: 'html' } }],
  ['document', { document: { ...document, tokens: -1 } }],
  ['document', { document: { ...document, prefix: [1.5] } }],
  ['file', { file: { ...file, place: [{ kind: 'page', value: 1, of: 2 }] } }],
  ['cache', { cache: { ...cache, heads: [[{ capacity: 8, occupied: 'all' }]] } }],
  ['units', { units: { tokens: 0.5 } }],
  ['file', { file: { ...file, format: { toString: 1 } } }],
])('another kind of %s is refused by its name', (field, changed) => {
  expect(() => opened(changed)).toThrow(
    new RegExp(`^emma.longtab does not say what its document is: ${field} is missing or`),
  )
})

test('a file without any is refused', () => {
  expect(() => requireAbout({ name: 'a', about: null })).toThrow(/title is missing/)
})
