import { expect, test } from 'vitest'
import { chunkWindows } from './chunk_windows.ts'

const steady = (chunks: number) => Array.from({ length: chunks }, (_, i) => (i < 2 ? 1 : 10))

test('compares the first chunks with a full budget with the last', () => {
  const slower = [...steady(8), 11, 12, 13]
  const { whenFull, later, ratio } = chunkWindows([slower], 2, 3)
  expect(whenFull).toEqual({ firstChunk: 2, ms: { median: 10, low: 10, high: 10, samples: 3 } })
  expect(later).toEqual({ firstChunk: 8, ms: { median: 12, low: 11, high: 13, samples: 3 } })
  expect(ratio).toBeCloseTo(1.2)
})

test('several reads of a document count together', () => {
  const { later } = chunkWindows([steady(8), steady(8).map((ms) => 3 * ms)], 2, 3)
  expect(later?.ms).toEqual({ median: 20, low: 10, high: 30, samples: 6 })
})

test('says nothing about documents that are too short', () => {
  expect(chunkWindows([steady(7)], 2, 3)).toMatchObject({ later: null, ratio: null })
  expect(chunkWindows([steady(4)], 2, 3)).toEqual({ whenFull: null, later: null, ratio: null })
})
