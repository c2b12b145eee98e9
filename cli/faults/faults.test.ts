// The short form of `npm run faults`: every patch still applies, and the test that it names is there.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { root } from '../build/paths.ts'
import { allFaults } from './fault.ts'
import { unnoticed } from './verdict.ts'

const faults = await allFaults()

it.each(faults.map((fault) => [fault.name, fault] as const))(
  '%s can be put back, and its test is there',
  (_, { path, what, test, fails }) => {
    expect(() =>
      execFileSync('git', ['apply', '--check', path], { cwd: root, stdio: 'pipe' }),
    ).not.toThrow()
    expect(readFileSync(join(root, test), 'utf8')).toContain(fails)
    expect(what).toMatch(/\.$/)
  },
)

describe('a fault is unnoticed', () => {
  const report = (...tests: readonly (readonly [string, string])[]) =>
    JSON.stringify({
      testResults: [
        { assertionResults: tests.map(([fullName, status]) => ({ fullName, status })) },
      ],
    })
  const fault = { fails: 'is read whole' }

  it('unless the named test fails', () => {
    expect(unnoticed(fault, report(['a file is read whole: cut', 'failed']))).toBeUndefined()
  })

  it('where everything passes', () => {
    expect(unnoticed(fault, report(['a file is read whole', 'passed']))).toBe('all 1 tests passed')
  })

  it('where another test fails', () => {
    const found = unnoticed(fault, report(['is read whole', 'passed'], ['is closed', 'failed']))
    expect(found).toBe('another test failed than was named: is closed')
  })

  it('where the named test did not run', () => {
    expect(unnoticed(fault, report(['is closed', 'failed']))).toBe(
      'no test of this name ran: is read whole',
    )
    expect(unnoticed(fault, report())).toContain('no test of this name')
  })
})
