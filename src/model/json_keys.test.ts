import { expect, it } from 'vitest'
import { topLevelKeys } from './json_keys.ts'

it.each([
  ['{}', []],
  ['{"a":1,"b":{"c":[{"d":2}]},"e":"f"}', ['a', 'b', 'e']],
  ['{"a":1,"a":2}', ['a', 'a']],
  [String.raw`{"a\"}{":"\\","b:":":\"","":0}`, ['a"}{', 'b:', '']],
  [String.raw`{"a":0,"\u0061":1}`, ['a', 'a']],
  [' {\n "a" : [ "x" , { "y" : 1 } ] ,\n "b" : null } ', ['a', 'b']],
])('%s', (text, keys) => {
  expect([...topLevelKeys(text)]).toEqual(keys)
})

it('survives a text of millions of escapes', () => {
  const text = `{"a":"${String.raw`\n`.repeat(1_000_000)}","b":0}`
  expect([...topLevelKeys(text)]).toEqual(['a', 'b'])
})
