// Runs the GPU tests without a browser, in one process per file, so that a crashing driver affects one file only.
//
// node dist/gpu-tests/run.mjs [--help]
import { fork } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { command, UsageError } from '../shell/command.ts'
import { closingLine } from './counts.ts'
import { text, whole } from '../shell/flag.ts'
import { commandLine, type Given } from '../shell/command_line.ts'
import { files, runFile, type Message, type Outcome } from './file.ts'
import { openGpu } from './page.ts'

interface FileResult {
  readonly path: string
  readonly seconds: number
  readonly outcomes: readonly Outcome[]
}

const flags = {
  only: text('PART', 'of the path of a test file; may be given several times').several(),
  test: text('PATTERN', 'of the names of the tests to run, a regular expression'),
  jobs: whole(1, 'files at a time (default: the processors there are)'),
  limit: whole(1, 'seconds for a file').or('600'),
  json: text('FILE', 'where the results go'),
  checkout: text('DIR', 'whose fixtures/ and public/ are read').or('.'),
  file: text('PATH', 'makes this process one of those that run a file'),
}

await command('gpu_tests', async () => {
  const given = commandLine({
    usage: 'node dist/gpu-tests/run.mjs [options]',
    about: 'Runs the GPU tests without a browser.',
    flags,
  })
  if (given.file === undefined) await runAll(given)
  else await runFile(given.file, given.checkout, given.test)
})
process.exit() // Dawn's threads would keep Node alive

async function runAll({ only, jobs = availableParallelism(), ...given }: Given<typeof flags>) {
  const { limit, json, checkout, test } = given
  const paths = Object.keys(files).filter(
    (path) => only.length === 0 || only.some((part) => path.includes(part)),
  )
  if (paths.length === 0) throw new UsageError(`no test file has '${only.join("', '")}'`)
  const { vendor, architecture, description } = (await openGpu()).adapter.info
  console.log(
    `${vendor} ${architecture} (${description}): ${paths.length} files, ${jobs} at a time`,
  )

  const began = performance.now()
  const results: FileResult[] = []
  const waiting = [...paths]
  const worker = async () => {
    for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
      const result = await inProcess(path, limit, checkout, test)
      results.push(result)
      console.log(lines(result))
    }
  }
  await Promise.all(Array.from({ length: jobs }, worker))

  if (json !== undefined) await writeFile(json, JSON.stringify(results, null, 1))
  const outcomes = results.flatMap((result) => result.outcomes)
  const count = (state: Outcome['state']) => outcomes.filter((one) => one.state === state).length
  const counts = { passed: count('pass'), failed: count('fail'), skipped: count('skip') }
  if (test !== undefined && counts.passed + counts.failed === 0) {
    throw new UsageError(`--test: no test of these files has /${test}/ in its name`)
  }
  console.log(`${closingLine(counts)}, in ${seconds(began)} s`)
  if (counts.failed > 0) process.exitCode = 1
}

/** A file that does not end by itself, or ends with an error, has one more failure: its current test. */
function inProcess(
  path: string,
  limitS: number,
  checkout: string,
  test: string | undefined,
): Promise<FileResult> {
  const chosen = test === undefined ? [] : ['--test', test]
  return new Promise((done) => {
    const began = performance.now()
    const outcomes: Outcome[] = []
    let running: string | undefined
    let written = ''
    const child = fork(import.meta.filename, ['--file', path, '--checkout', checkout, ...chosen], {
      silent: true,
      timeout: limitS * 1000,
      killSignal: 'SIGKILL',
    })
    child.on('message', (message: Message) => {
      if ('ended' in message) outcomes.push(message.ended)
      running = 'began' in message ? message.began : undefined
    })
    const keep = (piece: Buffer) => (written = (written + piece.toString()).slice(-2000))
    child.stdout?.on('data', keep)
    child.stderr?.on('data', keep)
    child.on('close', (status, signal) => {
      if (status !== 0) {
        const end = `the process ended with ${signal ?? `status ${status}`} after ${seconds(began)} s`
        const name = running ?? 'the file or its hooks'
        outcomes.push({ name, state: 'fail', ms: 0, messages: [`${end}: ${written.trim()}`] })
      }
      done({ path, seconds: seconds(began), outcomes })
    })
  })
}

/** One line for the file, and one for each failure. */
function lines({ path, seconds, outcomes }: FileResult): string {
  const failed = outcomes.filter(({ state }) => state === 'fail')
  const skipped = outcomes.filter(({ state }) => state === 'skip').length
  const passed = outcomes.length - failed.length - skipped
  return [
    `${path}: ${closingLine({ passed, failed: failed.length, skipped })}, in ${seconds} s`,
    ...failed.map(({ name, messages }) => {
      const why = messages.join(' | ').replaceAll(/\s+/g, ' ').slice(0, 600)
      return `  FAILED ${name}: ${why}`
    }),
  ].join('\n')
}

function seconds(began: number): number {
  return Math.round((performance.now() - began) / 100) / 10
}
