// Counts of tests, from the JSON reports of the two runners.

export interface Counts {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

/** Vitest's JSON reporter. */
export function countVitest(report: string): Counts {
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests } = JSON.parse(report) as {
    numPassedTests: number
    numFailedTests: number
    numPendingTests: number
    numTodoTests: number
  }
  return {
    passed: numPassedTests,
    failed: numFailedTests,
    skipped: numPendingTests + numTodoTests,
  }
}

/** Playwright's JSON reporter. A test that passed on a retry counts as passed. */
export function countPlaywright(report: string): Counts {
  const { stats } = JSON.parse(report) as {
    stats: { expected: number; flaky: number; unexpected: number; skipped: number }
  }
  return {
    passed: stats.expected + stats.flaky,
    failed: stats.unexpected,
    skipped: stats.skipped,
  }
}

/** The report of dist/gpu-tests/run.mjs, or Vitest's where that could not run. */
export function countReal(report: string): Counts {
  const files: unknown = JSON.parse(report)
  if (!Array.isArray(files)) return countVitest(report)
  const outcomes = (files as { outcomes: { state: 'pass' | 'fail' | 'skip' }[] }[]).flatMap(
    (file) => file.outcomes,
  )
  const count = (state: string) => outcomes.filter((one) => one.state === state).length
  return { passed: count('pass'), failed: count('fail'), skipped: count('skip') }
}

export function sum(all: readonly Counts[]): Counts {
  return all.reduce(
    (total, { passed, failed, skipped }) => ({
      passed: total.passed + passed,
      failed: total.failed + failed,
      skipped: total.skipped + skipped,
    }),
    { passed: 0, failed: 0, skipped: 0 },
  )
}

/** `12 passed, 0 failed`, and `, 3 skipped` where there are any. */
export function closingLine({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed${skipped === 0 ? '' : `, ${skipped} skipped`}`
}
