// npm run mutants [-- PART …]: changes sources in small ways, one at a time, and runs the unit tests that reach the change. A
// change that no test notices is printed: it needs a test, or makes no difference.
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Stryker } from '@stryker-mutator/core'
import { parts } from '../mutants/parts.ts'
import { command } from '../shell/command.ts'
import { commandLine } from '../shell/command_line.ts'
import { named, rest } from '../shell/flag.ts'

await command('mutants', async () => {
  const names = Object.keys(parts)
  const given = commandLine({
    usage: 'npm run mutants [-- PART …]',
    about: 'Changes sources in small ways and prints the changes that no unit test notices.',
    flags: { parts: rest(`parts: ${names.join(', ')} (default: all)`) },
  })
  const chosen = given.parts.map((part) => named('PART', names, part))
  for (const name of chosen.length > 0 ? chosen : names) {
    const part = parts[name]
    if (part === undefined) continue
    console.log(`── ${name}`)
    await new Stryker({
      mutate: [...part.sources],
      testRunner: 'vitest',
      plugins: ['@stryker-mutator/vitest-runner'],
      vitest: { configFile: 'cli/mutants/vitest.config.ts', dir: part.tests },
      coverageAnalysis: 'perTest',
      ignoreStatic: true, // what runs while a file loads is in every test, and takes a run of all for each change
      concurrency: 1, // machines are shared
      reporters: ['clear-text'],
      clearTextReporter: { logTests: false, reportTests: false },
      ignorePatterns: ['dist', 'docs', 'e2e', 'training', 'consumers'],
      tempDirName: join(tmpdir(), `longtab-mutants-${process.pid}`),
    }).runMutationTest()
  }
})
