// A folder of documents asked from the command line, by two machines that share it.
import { spawn } from 'node:child_process'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'playwright/test'
import type { Line } from '../cli/batch/line.ts'
import { root } from '../cli/build/paths.ts'
import { test } from './fixtures.ts'

test.setTimeout(240_000) // each run starts a browser and compiles every shader in software

test('two shards of a folder are asked every question, and joined in the order of one run', async ({
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
  const first = await batch('1.jsonl', '--shard', '1/2')
  expect(first.stderr).toContain('1 of 2 documents failed')
  expect(first.status).toBe(1)
  expect(await batch('2.jsonl', '--shard', '2/2')).toMatchObject({ status: 0 })
  const joined = join(scratch, 'joined.jsonl')
  const shards = ['2', '1'].map((name) => join(scratch, `${name}.jsonl`))
  expect(await ended('batch:join', '--out', joined, ...shards)).toMatchObject({ status: 0 })
  const lines = await linesOf(joined)
  expect(lines.map((line) => [line.document, line.number, 'error' in line])).toEqual([
    ['broken.pdf', undefined, true],
    ['ferry.txt', 1, false],
    ['ferry.txt', 2, false],
    ['pilot.md', 1, false],
    ['pilot.md', 2, false],
  ])
})

async function linesOf(path: string): Promise<Line[]> {
  const text = await readFile(path, 'utf8')
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line)
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
