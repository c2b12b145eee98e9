import { expect, test } from 'vitest'
import { shown } from './shown.ts'

test('a value of a file is shown as JSON', () => {
  expect(shown([1, 'a\n', null])).toBe('[1,"a\\n",null]')
  expect(shown(undefined)).toBe('nothing')
})

test('a long one is cut, and one that nests too deep is named by its kind', () => {
  expect(shown('a'.repeat(1000))).toMatch(/^"a{198}…$/)
  const deep = (open: string, inside: string, close: string) =>
    JSON.parse(open.repeat(50_000) + inside + close.repeat(50_000)) as unknown
  expect(shown(deep('[', '', ']'))).toBe('a list of lists of lists')
  expect(shown(deep('{"a":', '1', '}'))).toBe('an object of objects of objects')
})
