// A copy of the working tree that faults are put into, so that nobody's sources are changed.
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { cp, mkdtemp, readFile, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { root } from '../build/paths.ts'
import type { Fault } from './fault.ts'
import { unnoticed } from './verdict.ts'

const execute = promisify(execFile)

/** A test that hangs fails by its own limit long before. */
const longestMs = 10 * 60_000

export interface Copy {
  /** Why the fault goes unnoticed; undefined where its test fails. The copy is as before afterwards. */
  tried(fault: Fault): Promise<string | undefined>
  remove(): Promise<void>
}

/** Copies what is tracked and what is new. Installed packages are linked. */
export async function copyTree(): Promise<Copy> {
  const folder = await mkdtemp(join(tmpdir(), 'longtab-faults-'))
  const kinds = ['--cached', '--others', '--exclude-standard']
  const { stdout } = await execute('git', ['ls-files', '-z', ...kinds], {
    cwd: root,
    maxBuffer: 2 ** 24,
  })
  for (const path of stdout.split('\0'))
    if (path !== '' && existsSync(join(root, path))) await cp(join(root, path), join(folder, path))
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'))

  const patch = ({ path }: Fault, ...how: string[]) =>
    execute('git', ['apply', ...how, path], { cwd: folder })
  return {
    async tried(fault) {
      try {
        await patch(fault)
      } catch {
        return 'its patch does not apply any more; write it for the sources as they are'
      }
      const report = join(folder, 'report.json')
      try {
        await rm(report, { force: true })
        await runTests(folder, fault.test, report)
        if (!existsSync(report)) return `${fault.test} ended without a report`
        return unnoticed(fault, await readFile(report, 'utf8'))
      } finally {
        await patch(fault, '--reverse')
      }
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  }
}

/** Resolves however the tests end. */
async function runTests(folder: string, test: string, report: string): Promise<void> {
  const vitest = ['node_modules/vitest/vitest.mjs', 'run', '--project', 'unit']
  const reporting = ['--reporter=json', `--outputFile=${report}`]
  const limits = { cwd: folder, timeout: longestMs, maxBuffer: 2 ** 26 }
  await execute(process.execPath, [...vitest, ...reporting, test], limits).catch(() => undefined)
}
