// The order of a folder's files, and which of them nobody means.
import { expect, it } from 'vitest'
import { comparePaths, isHidden } from './folder_order.ts'

it('is of names, with their numbers as numbers, folder by folder', () => {
  const ordered = ['a/2.txt', 'a/10.txt', 'a/b/1.txt', 'a/c.txt', 'a b.txt', 'B.txt']
  expect(ordered.toReversed().toSorted(comparePaths)).toEqual(ordered)
})

it('leaves out what systems and version control put there', () => {
  expect(['.git', '.DS_Store', '__MACOSX', 'Thumbs.db', 'a.txt'].filter(isHidden)).toHaveLength(4)
})
