import { expect, test } from 'vitest'
import { createDrafter } from './drafter.ts'

test('what followed the longest earlier occurrence is the draft', () => {
  const drafter = createDrafter([[1, 2, 3, 4, 5, 9, 2, 3, 7, 8]], 10)
  drafter.push(2)
  expect(drafter.draft(3)).toEqual([3, 7, 8]) // of two alike in length, the later
  drafter.push(3)
  drafter.push(4)
  expect(drafter.draft(3)).toEqual([5, 9, 2])
  expect(drafter.draft(1)).toEqual([5])
})

test('a longer match goes before a later one', () => {
  const drafter = createDrafter(
    [
      [5, 6, 7, 1],
      [0, 6, 7, 2],
      [5, 6, 7],
    ],
    10,
  )
  expect(drafter.draft(1)).toEqual([1])
})

test('an id that is new drafts nothing, nor does the end of a text without an earlier one', () => {
  const drafter = createDrafter([[1, 2, 3]], 10)
  expect(drafter.draft(3)).toEqual([])
  drafter.push(4)
  expect(drafter.draft(3)).toEqual([])
  expect(createDrafter([], 10).draft(3)).toEqual([])
})

test('an answer that repeats itself is drafted from itself, as far as it goes', () => {
  const drafter = createDrafter([], 10)
  for (const id of [4, 5, 4]) drafter.push(id)
  expect(drafter.draft(3)).toEqual([5, 4])
})
