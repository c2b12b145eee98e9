// What joined folders hold.
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { RunRecord, SampleRecord } from '../../src/quality/record.ts'
import { addResults, readResults, readRun } from './folder.ts'
import { joinFolders } from './join.ts'

let scratch: string
beforeEach(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'longtab-'))
})
afterEach(() => rm(scratch, { recursive: true }))

const files: Readonly<Record<string, string>> = {}
const run = (notes: readonly string[], seed = 0) => ({ seed, files, notes }) as RunRecord
const sample = (document: number, turn: number) =>
  ({
    key: `k${document}`,
    ...{ task: 'kv', length: 64, document, turn, of: 2, prompt: `p${document}` },
    ...{ policy: 'random', budget: 8 },
  }) as SampleRecord
const asked = (document: number) => [sample(document, 0), sample(document, 1)]

async function folder(name: string, record: RunRecord, documents: readonly number[]) {
  const out = join(scratch, name)
  await readResults(out) // makes it
  for (const document of documents) await addResults(out, record, asked(document))
  return out
}

test('shards make the samples of one run in its order, each once, and keep all notes', async () => {
  const first = await folder('1', run(['one']), [0, 2])
  const second = await folder('2', run(['two']), [3, 1])
  const out = join(scratch, 'joined')
  const { records } = await joinFolders(out, [second, first, first])
  expect(records).toEqual([0, 1, 2, 3].flatMap(asked))
  expect(await readResults(out)).toEqual(records)
  expect((await readRun(out))?.notes).toEqual(['two', 'one'])
  const written = await readFile(join(out, 'results.jsonl'), 'utf8')
  await joinFolders(out, [first, second])
  expect(await readFile(join(out, 'results.jsonl'), 'utf8')).toBe(written)
})

test('folders of different runs, and empty ones, are not joined', async () => {
  const first = await folder('1', run([]), [0])
  const other = await folder('2', run([], 7), [1])
  const empty = await folder('3', run([]), [])
  const out = join(scratch, 'joined')
  await expect(joinFolders(out, [first, other])).rejects.toThrow(
    `${first} holds results with seed 0, not 7; choose another folder`,
  )
  await expect(joinFolders(out, [empty])).rejects.toThrow(`${empty} holds no results`)
  await expect(joinFolders(out, [])).rejects.toThrow('name the folders that are to be joined')
})
