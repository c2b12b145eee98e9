import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { UsageError } from '../shell/command.ts'
import { parseBatch } from './options.ts'

const model = 'public/models/default'
let root: string
let folder: string

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'longtab-batch-'))
  folder = join(root, 'documents')
  await mkdir(folder)
  await writeFile(join(root, 'q.txt'), 'Who?')
  await writeFile(join(folder, 'q.txt'), 'Who?')
})

afterAll(() => rm(root, { recursive: true }))

function parsed(...args: string[]) {
  const files = ['--questions', join(root, 'q.txt'), '--out', join(root, 'out.jsonl')]
  return parseBatch([...files, ...args], model)
}

test('lines name the model as it was named, and every flag that decides an answer', () => {
  const { run, settings, answer } = parsed(folder, '--budget', '64', '--max-tokens', '9')
  expect(run).toMatchObject({ model: 'built-in', settings: { budget: 64, maxTokens: 9 } })
  expect(settings).toMatchObject({ budget: 64 })
  expect(answer).toMatchObject({ maxTokens: 9, seed: 0 })
  expect(parsed(folder, '--model', model).run).toMatchObject({ model })
})

test('what does not decide an answer, and a password, stand in no line', () => {
  const { run } = parsed(folder)
  const others = ['--password', 'open', '--shard', '1/2', '--json', '--adapter', 'software']
  const { run: same, file, shard } = parsed(folder, ...others, '--kernels', 'portable')
  expect(same).toEqual(run)
  expect(file).toMatchObject({ password: 'open' })
  expect(shard).toEqual({ index: 1, of: 2 })
})

test('skimming implies passages', () => {
  expect(parsed(folder, '--skim').settings).toMatchObject({ recall: 'passages' })
})

test('bad input is refused in one line', () => {
  const inside = (flag: string) => parsed(folder, flag, join(folder, 'q.txt'))
  const cases: [() => unknown, string][] = [
    [() => parsed(), 'name the folder of the documents'],
    [() => parsed(folder, folder), 'name one folder, not 2'],
    [() => parsed(join(root, 'none')), 'is no folder; name that of the documents'],
    [() => parseBatch([folder], model), "required option '--questions <FILE>' not specified"],
    [() => parsed(folder, '--questions', join(root, 'none')), 'none does not exist'],
    [() => parsed(folder, '--out', join(root, 'none', 'x')), 'cannot be written'],
    [() => parsed(folder, '--fast'), "unknown option '--fast'"],
    [() => parsed(folder, '--shard', '3/2'), '--shard must be i/n'],
    [() => parsed(folder, '--encoding', 'klingon'), 'there is no encoding "klingon"'],
    [() => inside('--questions'), 'where every file is a document; name one elsewhere'],
    [() => inside('--out'), 'where every file is a document; name one elsewhere'],
  ]
  for (const [parse, message] of cases) {
    expect(parse).toThrow(UsageError)
    expect(parse).toThrow(message)
  }
})
