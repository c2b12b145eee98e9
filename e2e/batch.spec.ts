// A folder of documents asked from the command line, by one machine and by two that share it.
import { spawn } from 'node:child_process'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'playwright/test'
import type { Line } from '../cli/batch/line.ts'
import { root } from '../cli/build/paths.ts'
import { test } from './fixtures.ts'

test.setTimeout(240_000) // each run starts a browser and compiles every shader in software

test('each document is read once and asked every question; shards joined make the same answers', async ({
  scratch,
  tinyFolder,
}) => {
  const folder = join(scratch, 'harbour')
  const questions = join(scratch, 'questions.txt')
  await mkdir(folder)
  await writeFile(join(folder, 'ferry.txt'), 'The ferry leaves at noon. '.repeat(20))
  await writeFile(join(folder, 'pilot.md'), 'The pilot is late again. '.repeat(20))
  await writeFile(join(folder, 'broken.pdf'), '%PDF-1.4 and nothing behind it')
  await writeFile(questions, 'When does it leave?\nWho is late?\n')
  const small = ['--budget', '96', '--chunk', '64', '--stabilizers', '16', '--local', '8']
  const batch = (out: string, ...args: string[]) =>
    ended(
      'batch',
      folder,
      '--questions',
      questions,
      '--out',
      join(scratch, out),
      ...args,
      ...[...['--adapter', 'software', '--model', tinyFolder, '--max-tokens', '4', ...small]],
    )
  const whole = await batch('whole.jsonl')
  expect(whole.stderr).toContain('1 of 3 documents failed')
  expect(whole.status).toBe(1)
  const lines = await linesOf(join(scratch, 'whole.jsonl'))
  expect(lines.map((line) => [line.document, line.number, 'error' in line])).toEqual([
    ['broken.pdf', undefined, true],
    ['ferry.txt', 1, false],
    ['ferry.txt', 2, false],
    ['pilot.md', 1, false],
    ['pilot.md', 2, false],
  ])

  await batch('1.jsonl', '--shard', '1/2')
  await batch('2.jsonl', '--shard', '2/2')
  const joined = join(scratch, 'joined.jsonl')
  const shards = ['1', '2'].map((name) => join(scratch, `${name}.jsonl`))
  expect(await ended('batch:join', '--out', joined, ...shards)).toMatchObject({ status: 0 })
  expect((await linesOf(joined)).map(withoutTimes)).toEqual(lines.map(withoutTimes))
})

async function linesOf(path: string): Promise<Line[]> {
  const text = await readFile(path, 'utf8')
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line)
}

function withoutTimes(line: Line): Partial<Line> {
  const { times: _, ...rest } = { times: undefined, ...line }
  return rest
}

function ended(
  script: string,
  ...args: string[]
): Promise<{ status: number | null; stderr: string }> {
  const child = spawn('npm', ['run', '--silent', script, '--', ...args], { cwd: root })
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (piece: string) => (stderr += piece))
  return new Promise((resolve) => {
    child.on('close', (status) => resolve({ status, stderr }))
  })
}
