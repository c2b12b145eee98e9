import { describe, expect, it } from 'vitest'
import { failuresOfPlaywright, failuresOfReal, failuresOfVitest } from './failures.ts'

const colours = '\u001b[31mexpected 2\u001b[39m\n   to be 0'

describe('failures', () => {
  it('names a failed test of Vitest by its file, and a file that does not load', () => {
    const report = JSON.stringify({
      testResults: [
        {
          name: '/checkout/src/plan/plan.test.ts',
          status: 'failed',
          message: '',
          assertionResults: [
            { fullName: 'plan fits', status: 'passed', failureMessages: [] },
            { fullName: 'plan refuses', status: 'failed', failureMessages: [colours] },
          ],
        },
        {
          name: '/checkout/src/a.test.ts',
          status: 'failed',
          message: 'cannot find b.ts',
          assertionResults: [],
        },
        { name: '/checkout/src/c.test.ts', status: 'passed', message: '', assertionResults: [] },
      ],
    })
    expect(failuresOfVitest(report, '/checkout')).toEqual([
      'FAILED src/plan/plan.test.ts › plan refuses: expected 2 to be 0',
      'FAILED src/a.test.ts › the file or its hooks: cannot find b.ts',
    ])
  })

  it('names a failed test of Playwright by its last try, also inside a group, and an error of the run', () => {
    const spec = (title: string, ok: boolean, ...messages: string[]) => ({
      title,
      ok,
      tests: [{ results: messages.map((message) => ({ errors: [{ message }] })) }],
    })
    const report = JSON.stringify({
      errors: [{ message: 'Timed out waiting 1500s' }],
      suites: [
        {
          file: 'page.spec.ts',
          specs: [spec('opens', true), spec('reads', false, 'first', colours)],
          suites: [{ file: 'page.spec.ts', specs: [spec('asks', false, 'no answer')] }],
        },
      ],
    })
    expect(failuresOfPlaywright(report)).toEqual([
      'FAILED page.spec.ts › reads: expected 2 to be 0',
      'FAILED page.spec.ts › asks: no answer',
      'FAILED e2e › the run: Timed out waiting 1500s',
    ])
  })

  it('names a failed test of a real model', () => {
    const outcomes = [
      { name: 'chat', state: 'pass', ms: 1, messages: [] },
      { name: 'code', state: 'fail', ms: 1, messages: ['logits differ by 0.3'] },
    ]
    const report = JSON.stringify([{ path: '/src/real/smollm2.real.test.ts', outcomes }])
    expect(failuresOfReal(report, '/checkout')).toEqual([
      'FAILED /src/real/smollm2.real.test.ts › code: logits differ by 0.3',
    ])
  })
})
