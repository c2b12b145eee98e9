import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { dequantize4, dequantize8 } from '../../../reference/quantize.ts'
import { decode, nibbles } from '../../testing/rows.ts'
import { blockFormats } from './blocks.ts'
import { repackInto } from './repack.ts'

const bytes = readFileSync(new URL('../../../fixtures/gguf/types.bin', import.meta.url))

/** Where a type's 768 values begin in the fixture. */
function startOf(type: string): number {
  const names = Object.keys(blockFormats)
  const before = names.slice(0, names.indexOf(type)).map((name) => blockFormats[name]!)
  return before.reduce((sum, format) => sum + (768 / format.values) * format.bytes, 0)
}

it.each([
  ['Q8_0', 'q8'],
  ['Q4_0', 'q4'],
  ['Q4_1', 'q4'],
] as const)('%s goes into %s without a rounding', (type, storage) => {
  const format = blockFormats[type]!
  const start = startOf(type)
  const blocks = Uint8Array.from(bytes.subarray(start, start + 24 * format.bytes))
  const expected = new Float32Array(768)
  format.decode(blocks, expected)
  const codes = new Uint8Array(storage === 'q8' ? 768 : 384)
  const scales = new Uint8Array(storage === 'q8' ? 48 : 96)
  expect(repackInto(storage, type)!(blocks, codes, scales)).toBe(true)
  const halves = decode(scales.buffer, 'f16')
  const got =
    storage === 'q8'
      ? dequantize8(new Int8Array(codes.buffer), halves)
      : dequantize4(nibbles(codes), halves)
  expect([...got].map((value) => value + 0)).toEqual([...expected].map((value) => value + 0)) // −0 is 0
})

it('leaves to rounding what is not the same', () => {
  expect(repackInto('q4', 'Q8_0')).toBeUndefined()
  expect(repackInto('q8', 'Q6_K')).toBeUndefined()
  expect(repackInto('f16', 'F16')).toBeUndefined()
})
