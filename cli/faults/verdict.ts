// Whether a run of tests noticed a fault: the named test must be the one that failed.
import type { Fault } from './fault.ts'

/** What is read of Vitest's JSON report. */
interface Report {
  readonly testResults: readonly {
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[]
  }[]
}

/** Why the fault counts as unnoticed; undefined where its test failed. */
export function unnoticed({ fails }: Pick<Fault, 'fails'>, report: string): string | undefined {
  const { testResults } = JSON.parse(report) as Report
  const tests = testResults.flatMap(({ assertionResults }) => assertionResults)
  const named = tests.filter(({ fullName }) => fullName.includes(fails))
  const failed = tests.filter(({ status }) => status === 'failed')
  if (named.some((test) => failed.includes(test))) return undefined
  if (named.length === 0) return `no test of this name ran: ${fails}`
  const [other] = failed
  if (other === undefined) return `all ${tests.length} tests passed`
  return `another test failed than was named: ${other.fullName}`
}
