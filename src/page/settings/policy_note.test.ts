import { expect, test } from 'vitest'
import { randomModel, smallShape } from '../../../reference/random_model.ts'
import { lacksFile, policyNote } from './policy_note.ts'

const { description } = randomModel(smallShape, 1)
const heads = {
  name: 'heads.safetensors',
  file: undefined,
  width: 16,
  pool: 0,
  shares: undefined,
  stabilizers: undefined,
}
const compressor = { name: 'compressor.safetensors', file: undefined, merged: 16, taps: 5 }
const none = { description, heads: undefined, compressor: undefined }
const settings = { budget: 128, chunk: 64, burst: 16 }

test('a policy can be chosen when all the files it needs are there', () => {
  expect(lacksFile(none, 'streaming')).toBe(false)
  expect(lacksFile(none, 'locret')).toBe(true)
  expect(lacksFile({ ...none, heads }, 'lococo')).toBe(true)
  expect(lacksFile({ ...none, compressor }, 'lococo')).toBe(false)
  expect(lacksFile({ ...none, compressor }, 'locret+lococo')).toBe(true)
  expect(lacksFile({ description, heads, compressor }, 'locret+lococo')).toBe(false)
})

test('what is missing is said', () => {
  expect(policyNote(none, settings)).toMatch(/needs retaining heads.* needs a compressor/)
  expect(policyNote({ ...none, heads }, settings)).toBe(
    'Merging needs a compressor: add a file below.',
  )
})

test('what merging costs is said before it is chosen', () => {
  expect(policyNote({ description, heads, compressor }, settings).replaceAll('\u00a0', ' ')).toBe(
    'Merging costs 14.4 thousand multiply-adds a token, 0.17 times the model’s own 83.7 thousand, and 31 kB for the compressor.',
  )
  expect(policyNote({ description, heads, compressor }, undefined)).toBe('')
})
