import { describe, expect, it } from 'vitest'
import {
  dotsPath,
  linePath,
  lossInWords,
  meanOverlap,
  overlapInWords,
  overlapTop,
  smoothedLosses,
  yOf,
} from './curves.ts'

const looks = [
  { step: 0, byLayer: [0.08, 0.12] },
  { step: 25, byLayer: [0.3, 0.5] },
]
const plain = (words: string) => words.replaceAll('\u00a0', ' ')

describe('paths', () => {
  it('joins points, and draws dots where there is only one', () => {
    expect(linePath([])).toBe('')
    const [first, second] = [[0, 1] as const, [10, 2.5] as const]
    expect(linePath([first, second])).toBe('M0.0 1.00 L10.0 2.50')
    expect(dotsPath([second])).toBe('M10.0 2.50h0')
  })

  it('puts low values at the bottom, and a single height in the middle', () => {
    expect(yOf(1, 1, 3)).toBe(100)
    expect(yOf(3, 1, 3)).toBe(0)
    expect(yOf(5, 5, 5)).toBe(50)
  })
})

describe('smoothedLosses', () => {
  it('leaves a level line level, from its first value on', () => {
    for (const loss of smoothedLosses([4, 4, 4], 3)) expect(loss).toBeCloseTo(4, 12)
  })

  it('follows a change slowly', () => {
    const [high, low] = [new Array<number>(200).fill(1), new Array<number>(10).fill(0)]
    const smooth = smoothedLosses([...high, ...low], 400)
    expect(smooth.at(-1)).toBeGreaterThan(0.45)
    expect(smooth.at(-1)).toBeLessThan(0.55)
  })
})

describe('overlap', () => {
  it('is the mean over layers, below a top that leaves room', () => {
    expect(meanOverlap([0.3, 0.5])).toBeCloseTo(0.4)
    expect(overlapTop([])).toBe(0.25)
    expect(overlapTop(looks)).toBe(0.75)
    expect(overlapTop([{ step: 0, byLayer: [0.98] }])).toBe(1)
  })
})

describe('in words', () => {
  it('tells where the curves began and where they are', () => {
    expect(lossInWords([], 400)).toContain('no steps yet')
    expect(lossInWords([2, 2, 2], 400)).toBe('Loss over 3 steps, smoothed: from 2 to 2.')
    expect(plain(overlapInWords(looks))).toBe(
      'Top-10 % overlap, mean over 2 layers: 10 % after 0 steps, 40 % after 25; chance is 10 %.',
    )
  })
})
