// Which tests failed and why, from the JSON reports of the two runners: a log's end names them, however long the log is.
import { relative } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import type { Outcome } from './file.ts'

/** Vitest's JSON reporter. @param root of the checkout; files are named from there */
export function failuresOfVitest(report: string, root: string): string[] {
  const { testResults } = JSON.parse(report) as {
    testResults: {
      name: string
      status: string
      message: string
      assertionResults: { fullName: string; status: string; failureMessages: string[] }[]
    }[]
  }
  return testResults.flatMap(({ name, status, message, assertionResults }) => {
    const file = relative(root, name)
    const failed = assertionResults.filter((one) => one.status === 'failed')
    if (status === 'failed' && failed.length === 0)
      return [line(file, 'the file or its hooks', [message])]
    return failed.map((one) => line(file, one.fullName, one.failureMessages))
  })
}

interface Suite {
  readonly file: string
  readonly suites?: readonly Suite[]
  readonly specs: readonly {
    readonly title: string
    readonly ok: boolean
    readonly tests: readonly {
      readonly results: readonly { readonly errors: readonly { readonly message?: string }[] }[]
    }[]
  }[]
}

/** Playwright's JSON reporter. */
export function failuresOfPlaywright(report: string): string[] {
  const { suites, errors } = JSON.parse(report) as {
    suites: readonly Suite[]
    errors: readonly { readonly message?: string }[]
  }
  const failed = suites.flatMap(inside).flatMap(({ file, specs }) =>
    specs
      .filter(({ ok }) => !ok)
      .map(({ title, tests }) => {
        const last = tests.flatMap(({ results }) => results).at(-1)
        return line(file, title, (last?.errors ?? []).map(messageOf))
      }),
  )
  return [...failed, ...errors.map((error) => line('e2e', 'the run', [messageOf(error)]))]
}

/** The report of dist/gpu-tests/run.mjs, or Vitest's where that could not run. */
export function failuresOfReal(report: string, root: string): string[] {
  const files: unknown = JSON.parse(report)
  if (!Array.isArray(files)) return failuresOfVitest(report, root)
  return (files as { path: string; outcomes: readonly Outcome[] }[]).flatMap(({ path, outcomes }) =>
    outcomes
      .filter(({ state }) => state === 'fail')
      .map(({ name, messages }) => line(path, name, messages)),
  )
}

function inside(suite: Suite): Suite[] {
  return [suite, ...(suite.suites ?? []).flatMap(inside)]
}

function messageOf({ message = '' }: { readonly message?: string }): string {
  return message
}

/** UTF-16 units of a reason: enough for an assertion with its two values. */
const longestReason = 300

function line(file: string, name: string, messages: readonly string[]): string {
  const why = stripVTControlCharacters(messages.join(' | ')).replaceAll(/\s+/g, ' ')
  return `FAILED ${file} › ${name}: ${why.slice(0, longestReason)}`
}
