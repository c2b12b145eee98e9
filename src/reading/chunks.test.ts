import { expect, test } from 'vitest'
import { cutChunks } from './chunks.ts'

async function cut(lengths: readonly number[], size: number, held: number) {
  async function* pieces() {
    let next = 0
    for (const length of lengths) {
      yield await Promise.resolve(Array.from({ length }, () => next++))
    }
  }
  const chunks = cutChunks(pieces(), size, held)
  const read: number[][] = []
  const last: boolean[] = []
  for (;;) {
    const { done, value } = await chunks.next()
    if (done) return { read, last, tail: [...value] }
    read.push([...value.ids])
    last.push(value.isLast)
  }
}

test.each([
  [[10], 4, 0],
  [[3, 3, 3, 3], 4, 0],
  [[1, 0, 12, 1], 4, 3],
  [[8], 4, 0],
  [[9], 4, 1],
  [[2], 4, 5],
  [[5], 4, 5],
  [[], 4, 2],
])('pieces of %o in chunks of %d, %d held back', async (lengths, size, held) => {
  const { read, last, tail } = await cut(lengths, size, held)
  const total = lengths.reduce((sum, length) => sum + length, 0)
  expect([...read.flat(), ...tail]).toEqual(Array.from({ length: total }, (_, i) => i))
  expect(tail).toHaveLength(Math.min(held, total))
  expect(read.slice(0, -1).every((chunk) => chunk.length === size)).toBe(true)
  expect(read).toHaveLength(Math.ceil(Math.max(0, total - held) / size))
  expect(last).toEqual(read.map((_, i) => i === read.length - 1)) // only the last chunk is marked as the last
})
