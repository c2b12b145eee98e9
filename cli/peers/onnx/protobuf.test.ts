import { expect, test } from 'vitest'
import { Float, message, type Field } from './protobuf.ts'

const bytes = (fields: readonly Field[]) => [...Buffer.concat(message(fields))]

test.each([
  ['a number above 127', [[1, 300]], [0x08, 0xac, 0x02]],
  ['a field above 15', [[20, 7]], [0xa0, 0x01, 7]],
  ['a negative number', [[3, -1]], [0x18, ...Array<number>(9).fill(0xff), 0x01]],
  ['the largest whole number', [[3, 2n ** 63n - 1n]], [0x18, ...Array<number>(8).fill(0xff), 0x7f]],
  ['a float', [[2, new Float(1)]], [0x15, 0, 0, 0x80, 0x3f]],
  ['a text', [[4, 'ü']], [0x22, 2, 0xc3, 0xbc]],
  ['a message in a message', [[7, [[2, [[1, 5]]]]]], [0x3a, 4, 0x12, 2, 0x08, 5]],
] as const)('%s', (_, fields, expected) => {
  expect(bytes(fields)).toEqual(expected)
})
