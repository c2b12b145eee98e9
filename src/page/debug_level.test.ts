import { expect, test } from 'vitest'
import { debugLevel } from './debug_level.ts'

test.each([
  ['?debug=2', 2],
  ['?model=x&debug=3', 3],
  ['?debug=4', 0],
  ['?debug', 0],
  ['', 0],
])('%s asks for level %i', (query, level) => {
  expect(debugLevel(query)).toBe(level)
})
