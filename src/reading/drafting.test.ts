import { expect, test } from 'vitest'
import { openDrafting } from './drafting.ts'

/** A drafting whose drafts come from the list, one after the other, and the tokens that each step gave. */
function draftingOf(drafts: number[][]) {
  const gave: number[] = []
  const drafter = { push: () => undefined, draft: () => drafts.shift() ?? [] }
  const drafting = openDrafting(drafter, { gave: (tokens) => gave.push(tokens) })
  return { drafting, gave }
}

test('a step gives the ids that were drafted rightly, and one more', () => {
  const { drafting, gave } = draftingOf([[1, 2, 3], [4, 5], [], [6]])
  for (const id of [1, 2, 3, 9]) drafting.take(id) // all of the draft
  for (const id of [4, 9]) drafting.take(id) // half of it
  drafting.take(7) // without a draft
  drafting.take(8) // none of it
  expect(gave).toEqual([4, 2, 1, 1])
})

test('what is left of a draft comes next, at most what is wanted', () => {
  const { drafting } = draftingOf([[1, 2, 3]])
  expect(drafting.next(9)).toEqual([1, 2, 3])
  expect(drafting.next(0)).toEqual([])
  drafting.take(1)
  expect(drafting.next(1)).toEqual([2])
})
