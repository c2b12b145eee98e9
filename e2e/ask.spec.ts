// The command line as a person runs it: answer on stdout, record and dump as documented, one line for bad input.
import { spawn } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'playwright/test'
import type { AskRecord } from '../cli/ask/page.ts'
import { root } from '../cli/build/paths.ts'
import { test } from './fixtures.ts'

const text = 'The ferry leaves at noon, and nobody has ever seen it come back. '.repeat(20)
const small = ['--budget', '96', '--chunk', '64', '--stabilizers', '16', '--local', '8']

test.setTimeout(240_000) // each call starts a browser and compiles every shader in software

interface Ended {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

function ask(args: readonly string[], stdin = ''): Promise<Ended> {
  const child = spawn(process.execPath, ['cli/run.mjs', 'ask', '--adapter', 'software', ...args], {
    cwd: root,
  })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (piece: string) => (stdout += piece))
  child.stderr.setEncoding('utf8').on('data', (piece: string) => (stderr += piece))
  child.stdin.on('error', () => undefined) // it may end before it has read everything
  child.stdin.end(stdin)
  return new Promise((resolve) => {
    child.on('close', (status) => resolve({ status, stdout, stderr }))
  })
}

test('answers from a raw text and writes record and dump, and gives the same answer from standard input', async ({
  scratch,
  tinyFolder,
}) => {
  const document = join(scratch, 'ferry.txt')
  const json = join(scratch, 'record.json')
  const dump = join(scratch, 'dump')
  await writeFile(document, text)
  const asked = ['--model', tinyFolder, '--question', 'Where is it?', '--raw']
  const brief = ['--max-tokens', '6', ...small]
  const written = ['--document', document, '--json', json, '--dump', dump]
  const ended = await ask([...asked, ...brief, ...written])
  expect(ended).toMatchObject({ status: 0 })
  const { status, stdout } = ended // how far reading has come is said on stderr, in one run and not in another
  expect(await ask([...asked, ...brief, '--document', '-'], text)).toMatchObject({ status, stdout })

  const record = JSON.parse(await readFile(json, 'utf8')) as AskRecord
  expect(Object.keys(record)).toEqual([
    'adapter',
    'settings',
    'documentTokens',
    'format',
    'encoding',
    'answerIds',
    'answer',
    'finish',
    'reread',
    'sources',
    'doubtful',
    'timeToFirstTokenMs',
    'prefillTokensPerSecond',
    'decodeTokensPerSecond',
    'gpuBytes',
    'gpuBytesOverRead',
  ])
  expect(record.settings).toMatchObject({
    budget: 96,
    chunk: 64,
    local: 8,
    positions: 'slot',
    policy: { name: 'locret', stabilizers: 16 }, // the folder has heads
  })
  expect(record.documentTokens).toBe(text.length + 'Where is it?'.length)
  expect(record.answerIds).toHaveLength(6)
  expect(ended.stdout).toBe(`${record.answer}\n`)
  const held = new Set(record.gpuBytesOverRead.map(([, bytes]) => bytes))
  expect(held.size).toBe(1)

  const logits = await readFile(join(dump, 'logits.bin'))
  expect(logits.length).toBe(260 * 4)
  const floats = Array.from({ length: 260 }, (_, i) => logits.readFloatLE(i * 4))
  expect(floats.indexOf(Math.max(...floats))).toBe(record.answerIds[0])
  const retained = JSON.parse(await readFile(join(dump, 'retained.json'), 'utf8')) as number[][][]
  expect(retained.map((layer) => layer.map((head) => head.length))).toEqual([[96], [96]])
  for (const indices of retained.flat()) {
    expect(indices).toEqual([...new Set(indices)].sort((a, b) => a - b))
  }
})

test('gives one line and a status other than 0 for what cannot be done', async ({
  scratch,
  tinyFolder,
}) => {
  const binary = join(scratch, 'binary.bin')
  await writeFile(binary, Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 0, 0, 1, 0, 0xff]))
  const model = ['--model', tinyFolder, '--question', 'Why?']
  const wrong: (readonly string[])[] = [
    [...model, '--document', binary],
    [...model, '--document', binary, '--frob'],
    [...model, '--document', '-', '--stabilizers', '100000'],
  ]
  for (const args of wrong) {
    const { status, stdout, stderr } = await ask(args, text)
    expect(stdout).toBe('')
    const withoutProgress = stderr.replaceAll(/^reading: .*\n/gm, '') // a slow machine has time to log it
    expect(withoutProgress).toMatch(/^ask: [^\n]+\n$/)
    expect(status).toBeGreaterThan(0)
  }
})
