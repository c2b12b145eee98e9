import { expect, it } from 'vitest'
import { LongtabError } from './errors.ts'

it.each([
  ['a\nb\r\n\tc\u0000\u2028d', 'a b c d'],
  ['x'.repeat(2000), `${'x'.repeat(999)}…`],
])('a message is one line of some length, whatever it quotes', (quoted, shown) => {
  expect(new LongtabError('bad-file', quoted).message).toBe(shown)
})
