// npm test [-- PART …]: types, lint, format, unit tests, kernel tests on software WebGPU, build, end-to-end tests, and
// `real`, a real model compared with transformers. Every part runs, even after a failure. The last line sums up the tests; a
// part that fails otherwise counts as one failed test. Software WebGPU keeps one core busy, so two parts run at a time.
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

interface Part {
  readonly name: string
  readonly run: string
  /** reads the report of the run; a part without one has no tests of its own */
  readonly count?: (report: string) => Counts
}

// `REPORT` stands for the path of the part's report.
const vitest = 'vitest run --reporter=default --reporter=json --outputFile.json=REPORT --project'
const gpu = (shard: string): Part => ({
  name: 'gpu',
  run: `${vitest} gpu --shard ${shard}`,
  count: countVitest,
})
/** What the end-to-end tests open. */
const build: Part = { name: 'build', run: 'node cli/run.mjs build' }
/** Who is free takes the next one. The longest come first, so that no long one is left alone at the end. */
const queue: readonly Part[] = [
  build,
  gpu('1/4'),
  {
    name: 'e2e',
    run: 'playwright test -c e2e --reporter=list,json',
    count: countPlaywright,
  },
  gpu('2/4'),
  gpu('3/4'),
  gpu('4/4'),
  { name: 'unit', run: `${vitest} unit`, count: countVitest },
  { name: 'real', run: 'node cli/run.mjs test_real REPORT', count: countReal },
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
  const results: Counts[] = []
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
  const total = sum(results)
  console.log(closingLine(total))
  if (total.failed > 0) process.exitCode = 1
})

/** @param held prints the part's output as a whole at its end, so that it does not mix with another's */
async function runPart({ name, run, count }: Part, report: string, held: boolean): Promise<Counts> {
  const began = performance.now()
  const { passed, output } = await shell(run.replace('REPORT', report), report, held)
  const counts = await countsOf(passed, report, count)
  const seconds = ((performance.now() - began) / 1000).toFixed(0)
  console.log(`${output}── ${name}: ${counts.failed === 0 ? 'good' : 'FAILED'}, ${seconds} s\n`)
  return counts
}

async function countsOf(passed: boolean, report: string, count: Part['count']): Promise<Counts> {
  const failure = { passed: 0, failed: passed ? 0 : 1, skipped: 0 }
  if (count === undefined) return failure
  const text = await readFile(report, 'utf8').catch(() => undefined)
  const counts = text === undefined ? failure : count(text)
  // A run can fail although each of its tests passed: on a file that does not load, or an error between tests.
  return counts.failed === 0 ? { ...counts, failed: failure.failed } : counts
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
