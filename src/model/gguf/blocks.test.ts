// Every type against the Python package `gguf` (fixtures/gguf_files.py).
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { blockFormats } from './blocks.ts'

const fixtures = new URL('../../../fixtures/gguf/', import.meta.url)
const bytes = readFileSync(new URL('types.bin', fixtures))
const expected = new Float32Array(
  Uint8Array.from(readFileSync(new URL('types_expected.bin', fixtures))).buffer,
)
const count = 768

it('is the order of the fixture', () => {
  const size = ({ values, bytes }: { values: number; bytes: number }) => (count / values) * bytes
  const all = Object.values(blockFormats).reduce((sum, format) => sum + size(format), 0)
  expect(all).toBe(bytes.length)
  expect(expected.length).toBe(count * Object.keys(blockFormats).length)
})

it.each(Object.keys(blockFormats))('%s', (name) => {
  const names = Object.keys(blockFormats)
  const before = names.slice(0, names.indexOf(name)).map((one) => blockFormats[one]!)
  const at = before.reduce((sum, { values, bytes }) => sum + (count / values) * bytes, 0)
  const format = blockFormats[name]!
  const got = new Float32Array(count)
  format.decode(
    Uint8Array.from(bytes.subarray(at, at + (count / format.values) * format.bytes)),
    got,
  )
  const wanted = expected.subarray(before.length * count, (before.length + 1) * count)
  got.forEach((value, i) => expect(Math.abs(value - wanted[i]!)).toBeLessThanOrEqual(2 ** -22))
})
