import { expect, it } from 'vitest'
import { bothSinks, gateRow, queryRow } from './gated_queries.ts'
import type { RowSink } from './matrix.ts'

it('the rows of each head are its query, then its gate', () => {
  const rows = [...Array(8).keys()]
  const none = undefined
  expect(rows.map((row) => queryRow(row, 2))).toEqual([0, 1, none, none, 2, 3, none, none])
  expect(rows.map((row) => gateRow(row, 2))).toEqual([none, none, 0, 1, none, none, 2, 3])
})

it('both sinks take every row, and codes only where both can', () => {
  const taken: string[] = []
  const sink = (name: string, isPacked: boolean): RowSink => ({
    take: () => taken.push(name),
    ...(isPacked && { packed: { storage: 'q8', take: () => taken.push(`${name} packed`) } }),
  })
  const both = bothSinks(sink('a', true), sink('b', true))
  both.take({ first: 0, values: new Float32Array(2) })
  both.packed?.take({ first: 0, rows: 1, codes: new Uint8Array(2), scales: new Uint8Array(1) })
  expect(taken).toEqual(['a', 'b', 'a packed', 'b packed'])
  expect(bothSinks(sink('a', true), sink('b', false)).packed).toBe(undefined)
})
