import { describe, expect, it } from 'vitest'
import { heatLevel, levelLimit, levels, measureHeat, pieceAt } from './heat.ts'

/** a share per token that no block of 32 lines up with */
const retained = Float32Array.from({ length: 1001 }, (_, i) => ((i * 37) % 101) / 128)

function meanOf(from: number, to: number): number {
  const part = retained.subarray(from, to)
  return part.reduce((sum, share) => sum + share, 0) / part.length
}

describe('measureHeat', () => {
  it.each([
    [0, 1001],
    [0, 1],
    [31, 33],
    [32, 64],
    [17, 999],
    [1000, 1001],
  ])('means the tokens %d…%d', async (from, to) => {
    const heat = await measureHeat(retained)
    expect(heat.mean(from, to)).toBeCloseTo(meanOf(from, to), 6)
  })

  it('widens a stretch between tokens to whole ones and stays inside the document', async () => {
    const heat = await measureHeat(retained)
    expect(heat.mean(4.5, 5.5)).toBeCloseTo(meanOf(4, 6), 6)
    expect(heat.mean(990, 5000)).toBeCloseTo(meanOf(990, 1001), 6)
    expect(heat.mean(7, 7)).toBe(0)
  })

  it('finds the block that kept most, a short last one included', async () => {
    const peaks = new Float32Array(100)
    peaks.fill(0.5, 64, 96)
    expect(await measureHeat(peaks)).toMatchObject({ highest: 0.5, highestAt: 64 })
    peaks.fill(1, 96)
    expect(await measureHeat(peaks)).toMatchObject({ highest: 1, highestAt: 96 })
  })

  it('measures nothing in an empty document', async () => {
    expect(await measureHeat(new Float32Array(0))).toMatchObject({ overall: 0, highest: 0 })
  })

  it('gives way to other tasks while it sums a long document', async () => {
    let turns = 0
    const timer = setInterval(() => (turns += 1), 0)
    await measureHeat(new Float32Array(2_000_000))
    clearInterval(timer)
    expect(turns).toBeGreaterThan(0)
  })
})

describe('heatLevel', () => {
  it('keeps level 0 for what was wholly let go', () => {
    expect(heatLevel(0, 0.4)).toBe(0)
    expect(heatLevel(1e-9, 0.4)).toBe(1)
    expect(heatLevel(0.4, 0.4)).toBe(levels)
    expect(heatLevel(0.5, 0)).toBe(0)
  })

  it('ends each level at the limit that the legend names', () => {
    for (let level = 1; level <= levels; level += 1) {
      const limit = levelLimit(level, 0.4)
      expect(heatLevel(limit, 0.4)).toBe(level)
      if (level < levels) expect(heatLevel(limit * 1.001, 0.4)).toBe(level + 1)
    }
  })
})

it('finds the piece that holds a token', () => {
  const pieces = {
    firstChar: Float64Array.of(0, 40, 90),
    firstToken: Uint32Array.of(0, 10, 20),
  }
  expect([0, 9, 10, 19, 20, 500].map((token) => pieceAt(pieces, token))).toEqual([0, 0, 1, 1, 2, 2])
})
