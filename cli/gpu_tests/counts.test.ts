import { describe, expect, it } from 'vitest'
import { closingLine, countPlaywright, countReal, countVitest, sum } from './counts.ts'

describe('test counts', () => {
  it('reads both reports and sums them', () => {
    const units = countVitest(
      JSON.stringify({
        numPassedTests: 40,
        numFailedTests: 1,
        numPendingTests: 2,
        numTodoTests: 1,
      }),
    )
    const pages = countPlaywright(
      JSON.stringify({ stats: { expected: 5, flaky: 1, unexpected: 2, skipped: 0 } }),
    )
    expect(sum([units, pages])).toEqual({ passed: 46, failed: 3, skipped: 3 })
  })

  it('reads what ran the real model, in Node or in a browser', () => {
    const outcomes = ['pass', 'fail', 'skip', 'pass'].map((state) => ({ state }))
    expect(countReal(JSON.stringify([{ outcomes }, { outcomes: [] }]))).toEqual({
      passed: 2,
      failed: 1,
      skipped: 1,
    })
    const vitest = { numPassedTests: 3, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0 }
    expect(countReal(JSON.stringify(vitest)).passed).toBe(3)
  })

  it('closes with one plain line', () => {
    expect(closingLine({ passed: 12, failed: 0, skipped: 0 })).toBe('12 passed, 0 failed')
    expect(closingLine({ passed: 12, failed: 1, skipped: 3 })).toBe(
      '12 passed, 1 failed, 3 skipped',
    )
  })
})
