import { describe, expect, it } from 'vitest'
import { fuseRanks } from './rank_fusion.ts'

const order = (rankings: number[][]) => fuseRanks(rankings).map(({ passage }) => passage)

describe('fuseRanks', () => {
  it('keeps a single ranking', () => {
    expect(order([[7, 3, 9]])).toEqual([7, 3, 9])
  })

  it('puts what both rank well before what one ranks first', () => {
    expect(
      order([
        [1, 2, 3],
        [4, 2, 5],
      ])[0],
    ).toBe(2)
  })

  it('scores a first place as the paper does', () => {
    expect(fuseRanks([[5], [5]])).toEqual([{ passage: 5, score: 2 / 61 }])
  })

  it('takes a silent ranking as no opinion', () => {
    expect(order([[], [4, 8]])).toEqual([4, 8])
    expect(fuseRanks([])).toEqual([])
  })

  it('gives the earlier of equals first', () => {
    expect(
      order([
        [9, 2],
        [2, 9],
      ]),
    ).toEqual([2, 9])
  })
})
