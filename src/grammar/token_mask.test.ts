import { expect, test } from 'vitest'
import { jsonState } from './json_schema.ts'
import { createTokenMask } from './token_mask.ts'

const texts = ['{', '{"', '{}', '"a', 'a', '":', ' 1', '1', '}', 'é', '{"a": 1}', '{"b', '\n']
const end = texts.length
const tokens = [...texts.map((text) => new TextEncoder().encode(text)), undefined]
const mask = createTokenMask(tokens, [end])
const schema = { type: 'object', properties: { a: { type: 'integer' } }, required: ['a'] }

function allowed(written: readonly string[]): string[] {
  let state = jsonState(schema)
  for (const text of written) {
    const next = mask.after(state, texts.indexOf(text))
    if (next === undefined) throw new Error(`${text} cannot follow`)
    state = next
  }
  const [word = 0] = mask.of(state)
  return [...texts, 'end'].filter((_, id) => (word >>> id) & 1)
}

test('tokens that the grammar takes whole may come, and an end where the text may end', () => {
  expect(allowed([])).toEqual(['{', '{"', '{"a": 1}', '\n'])
  expect(allowed(['{'])).toEqual(['"a', '\n'])
  expect(allowed(['{"', 'a', '":'])).toEqual([' 1', '1', '\n'])
  expect(allowed(['{"', 'a', '":', ' 1'])).toEqual(['1', '}', '\n'])
  expect(allowed(['{"a": 1}'])).toEqual(['end'])
})

test('a token that is no text cannot follow', () => {
  expect(mask.after(jsonState(true), end)).toBeUndefined()
  expect(mask.after(jsonState(true), texts.indexOf('"a'))).toBeUndefined()
})
