// npm test [-- PART …]: types, lint, format, unit tests, kernel tests on software WebGPU, build, end-to-end tests. Every
// part runs, whatever failed before it; the last line sums the tests up, a part that fails otherwise counting as one.
import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { command, UsageError } from './command.ts'
import { root } from './fresh.ts'
import { ensureChromium } from './install_chromium.ts'
import { closingLine, countPlaywright, countVitest, sum, type Counts } from './test_counts.ts'

interface Part {
  readonly run: string
  /** reads the report the run leaves behind; a part without one has no tests of its own */
  readonly count?: (report: string) => Counts
}

// `REPORT` stands for the path of the part's report.
const vitest = 'vitest run --reporter=default --reporter=json --outputFile.json=REPORT --project'
const parts: Readonly<Record<string, Part>> = {
  check: { run: 'tsc --noEmit' },
  lint: { run: 'eslint . --max-warnings 0' },
  format: { run: 'prettier --check .' },
  unit: { run: `${vitest} unit`, count: countVitest },
  gpu: { run: `${vitest} gpu`, count: countVitest },
  build: { run: 'node cli/run.mjs build' },
  e2e: { run: 'playwright test -c e2e --reporter=list,json', count: countPlaywright },
}
const needChromium: readonly string[] = ['gpu', 'e2e']
const longestMs = 20 * 60_000

await command('test', async () => {
  const named = process.argv.slice(2)
  const unknown = named.find((name) => !(name in parts))
  if (unknown !== undefined) {
    throw new UsageError(`no part '${unknown}'; the parts are ${Object.keys(parts).join(', ')}`)
  }
  const chosen = named.length === 0 ? Object.keys(parts) : named
  if (chosen.some((name) => needChromium.includes(name))) ensureChromium()

  const reports = await mkdtemp(join(tmpdir(), 'longtab-test-'))
  const results: Counts[] = []
  try {
    for (const [name, part] of Object.entries(parts)) {
      if (!chosen.includes(name)) continue
      const began = performance.now()
      const counts = await runPart(part, join(reports, `${name}.json`))
      const seconds = ((performance.now() - began) / 1000).toFixed(0)
      console.log(`── ${name}: ${counts.failed === 0 ? 'good' : 'FAILED'}, ${seconds} s\n`)
      results.push(counts)
    }
  } finally {
    await rm(reports, { recursive: true, force: true })
  }
  const total = sum(results)
  console.log(closingLine(total))
  if (total.failed > 0) process.exitCode = 1
})

async function runPart({ run, count }: Part, report: string): Promise<Counts> {
  console.log(`── ${run.replaceAll(/ --reporter\S+| --outputFile\S+/g, '')}`)
  const passed = await shell(run.replace('REPORT', report), report)
  const failure = { passed: 0, failed: passed ? 0 : 1, skipped: 0 }
  if (count === undefined) return failure
  const text = await readFile(report, 'utf8').catch(() => undefined)
  const counts = text === undefined ? failure : count(text)
  // A run can fail though each of its tests passed: on a file that does not load, on an error between tests.
  return counts.failed === 0 ? { ...counts, failed: failure.failed } : counts
}

/** Whether it ended with status 0. */
function shell(line: string, report: string): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(line, {
      cwd: root,
      shell: true,
      stdio: ['ignore', 'inherit', 'inherit'],
      timeout: longestMs,
      env: {
        ...process.env,
        PATH: [join(root, 'node_modules/.bin'), process.env['PATH']].join(delimiter),
        PLAYWRIGHT_JSON_OUTPUT_NAME: report,
      },
    })
    child.on('error', () => resolve(false))
    child.on('exit', (status) => resolve(status === 0))
  })
}
