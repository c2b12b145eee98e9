import { expect, it } from 'vitest'
import { project } from '../../reference/project.ts'
import { storedMatrix } from '../testing/rows.ts'
import { agrees, checkCase, productOf } from './check_case.ts'

const storages = ['f32', 'f16', 'q8', 'q4'] as const

it.each(storages)('weights of the check are stored in %s without loss', (storage) => {
  const { weights, ins } = checkCase(storage, 1)
  expect([...storedMatrix(weights.slice(), ins, storage)]).toEqual([...weights])
})

it('has outliers, zeros and denormals in one row and rows of their own', () => {
  const { input, ins } = checkCase('f32', 70)
  const row = (index: number) => [...input.subarray(index * ins, (index + 1) * ins)].map(Math.abs)
  const smallestNormal = 2 ** -126
  for (const sought of [1e3, 0]) expect(row(0)).toContain(sought)
  expect(row(0).some((value) => value > 0 && value < smallestNormal)).toBe(true)
  expect(row(1).every((value) => value === 0)).toBe(true)
  expect(row(2).every((value) => value < smallestNormal)).toBe(true)
})

it('multiplies as the reference does', () => {
  const numbers = checkCase('f16', 9)
  const expected = project(numbers.input, numbers.weights, numbers.ins)
  expect(agrees(productOf(numbers), expected, numbers.outs)).toBe(true)
})

it('lets a last bit pass, and nothing wrong', () => {
  const expected = Float32Array.from({ length: 260 }, (_, i) => (i % 130) - 60)
  const but = (index: number, value: number) => expected.with(index, value)
  expect(agrees(but(7, -53.00001), expected, 130)).toBe(true)
  expect(agrees(but(7, -52), expected, 130)).toBe(false)
  expect(agrees(but(259, NaN), expected, 130)).toBe(false)
  expect(agrees(but(259, Infinity), expected, 130)).toBe(false)
  expect(agrees(expected.subarray(0, 259), expected, 130)).toBe(false)
})
