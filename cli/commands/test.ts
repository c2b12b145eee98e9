// npm test [-- PART …]: types, lint, format, unit tests, kernel tests on software WebGPU, build, end-to-end tests, and
// `real`, a real model compared with transformers. Every part runs, even after a failure. The last lines name the failures and
// sum up the tests; a part that fails otherwise counts as one failed test. Software WebGPU keeps one core busy, so two parts
// run at a time.
import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { command, UsageError } from '../shell/command.ts'
import { root } from '../build/paths.ts'
import { ensureChromium } from '../install/chromium.ts'
import {
  closingLine,
  countPlaywright,
  countReal,
  countVitest,
  sum,
  type Counts,
} from '../gpu_tests/counts.ts'
import { failuresOfPlaywright, failuresOfReal, failuresOfVitest } from '../gpu_tests/failures.ts'

interface Part {
  readonly name: string
  readonly run: string
  /** reads the report of the run; a part without one has no tests of its own */
  readonly report?: Report
}

interface Report {
  readonly count: (report: string) => Counts
  readonly failures: (report: string, root: string) => readonly string[]
}

const vitestReport: Report = { count: countVitest, failures: failuresOfVitest }
const playwrightReport: Report = { count: countPlaywright, failures: failuresOfPlaywright }
const realReport: Report = { count: countReal, failures: failuresOfReal }

// `REPORT` stands for the path of the part's report.
const vitest = 'vitest run --reporter=default --reporter=json --outputFile.json=REPORT --project'
const gpu = (shard: string): Part => ({
  name: 'gpu',
  run: `${vitest} gpu --shard ${shard}`,
  report: vitestReport,
})
/** What the end-to-end tests open. */
const build: Part = { name: 'build', run: 'node cli/run.mjs build' }
/** Who is free takes the next one. The longest come first, so that no long one is left alone at the end. */
const queue: readonly Part[] = [
  build,
  gpu('1/2'),
  {
    name: 'e2e',
    run: 'playwright test -c e2e --reporter=list,json',
    report: playwrightReport,
  },
  gpu('2/2'),
  { name: 'unit', run: `${vitest} unit`, report: vitestReport },
  { name: 'real', run: 'node cli/run.mjs test_real REPORT', report: realReport },
  { name: 'lint', run: 'npm run lint' },
  { name: 'format', run: 'prettier --check .' },
  { name: 'check', run: 'npm run check' },
]
const names = [...new Set(queue.map(({ name }) => name))]
const needChromium: readonly string[] = ['gpu', 'real', 'e2e']
/** Beyond what Playwright gives all its tests, so that it ends first and says which one it was. */
const longestMs = 26 * 60_000

await command('test', async () => {
  const named = process.argv.slice(2)
  const unknown = named.find((name) => !names.includes(name))
  if (unknown !== undefined) {
    throw new UsageError(`no part '${unknown}'; the parts are ${names.join(', ')}`)
  }
  const chosen = new Set(named.length === 0 ? names : named)
  if (needChromium.some((name) => chosen.has(name))) ensureChromium()
  if (chosen.has('e2e')) chosen.add(build.name)

  const reports = await mkdtemp(join(tmpdir(), 'longtab-test-'))
  const results: Result[] = []
  const waiting = queue.filter(({ name }) => chosen.has(name))
  let built: Promise<unknown> = Promise.resolve()
  const work = async (held: boolean): Promise<void> => {
    for (let part = waiting.shift(); part; part = waiting.shift()) {
      if (part.name === 'e2e') await built
      const ended = runPart(part, join(reports, `${randomUUID()}.json`), held)
      if (part === build) built = ended
      results.push(await ended)
    }
  }
  try {
    await Promise.all([work(false), work(true)])
  } finally {
    await rm(reports, { recursive: true, force: true })
  }
  for (const failure of results.flatMap(({ failures }) => failures)) console.log(failure)
  const total = sum(results.map(({ counts }) => counts))
  console.log(closingLine(total))
  if (total.failed > 0) process.exitCode = 1
})

interface Result {
  readonly counts: Counts
  /** a line each */
  readonly failures: readonly string[]
}

/** @param held prints the part's output as a whole at its end, so that it does not mix with another's */
async function runPart(part: Part, reportPath: string, held: boolean): Promise<Result> {
  const began = performance.now()
  const { passed, output } = await shell(part.run.replace('REPORT', reportPath), reportPath, held)
  const result = await resultOf(part, passed, reportPath)
  const seconds = ((performance.now() - began) / 1000).toFixed(0)
  const outcome = result.counts.failed === 0 ? 'good' : 'FAILED'
  console.log(`${output}── ${part.name}: ${outcome}, ${seconds} s\n`)
  return result
}

async function resultOf({ name, report }: Part, passed: boolean, path: string): Promise<Result> {
  const ended: Result = passed
    ? { counts: { passed: 0, failed: 0, skipped: 0 }, failures: [] }
    : { counts: { passed: 0, failed: 1, skipped: 0 }, failures: [`FAILED ${name}: see above`] }
  if (report === undefined) return ended
  const text = await readFile(path, 'utf8').catch(() => undefined)
  if (text === undefined) return ended
  const counts = report.count(text)
  const failures = report.failures(text, root)
  if (counts.failed > 0) return { counts, failures }
  // A run can fail although each of its tests passed: on a file that does not load, or an error between tests.
  return {
    counts: { ...counts, failed: ended.counts.failed },
    failures: failures.length > 0 ? failures : ended.failures,
  }
}

interface Ended {
  /** with status 0 */
  readonly passed: boolean
  /** its output, if held */
  readonly output: string
}

function shell(line: string, report: string, held: boolean): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn(line, {
      cwd: root,
      shell: true,
      stdio: ['ignore', held ? 'pipe' : 'inherit', held ? 'pipe' : 'inherit'],
      timeout: longestMs,
      env: {
        ...process.env,
        PATH: [join(root, 'node_modules/.bin'), process.env['PATH']].join(delimiter),
        PLAYWRIGHT_JSON_OUTPUT_NAME: report,
      },
    })
    let output = ''
    const hold = (piece: string) => (output += piece)
    child.stdout?.setEncoding('utf8').on('data', hold)
    child.stderr?.setEncoding('utf8').on('data', hold)
    child.on('error', (error) => resolve({ passed: false, output: `${output}${error.message}\n` }))
    child.on('close', (status) => resolve({ passed: status === 0, output }))
  })
}
