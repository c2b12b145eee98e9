// How a resumed run reads its folder.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { RunRecord, SampleRecord } from '../../src/quality/record.ts'
import { addResults, goingOn, readResults, readRun } from './folder.ts'

let out: string
beforeEach(async () => {
  out = await mkdtemp(join(tmpdir(), 'longtab-'))
})
afterEach(() => rm(out, { recursive: true }))

const notes: readonly string[] = ['first']
const files: Readonly<Record<string, string>> = { 'locret:heads=a': 'x' }
const run = { model: 'a', modelHash: '1', seed: 0, files, notes } as RunRecord
const questions = (key: string) => [0, 1].map((turn) => ({ key, turn, of: 2 }) as SampleRecord)

test('results come back as they were written, without a document that was cut short', async () => {
  expect(await readResults(out)).toEqual([])
  await addResults(out, run, questions('whole'))
  await addResults(out, run, questions('cut'))
  const file = join(out, 'results.jsonl')
  const text = await readFile(file, 'utf8')
  await writeFile(file, text.slice(0, -10))
  expect(await readResults(out)).toEqual(questions('whole'))
  await addResults(out, run, questions('cut'))
  expect(await readFile(file, 'utf8')).toBe(text)
})

test('a folder takes results of one model and one set of settings', async () => {
  expect(goingOn(out, await readRun(out), run)).toEqual(run)
  await addResults(out, run, questions('a'))
  const before = await readRun(out)
  expect(() => goingOn('it', before, { ...run, modelHash: '2' })).toThrow(
    /^it holds results with modelHash 1, not 2/,
  )
})

test('a policy’s own files stay what they are; other policies may bring theirs', async () => {
  await addResults(out, run, questions('a'))
  const before = await readRun(out)
  const more = goingOn(out, before, { ...run, files: { 'locret:heads=b': 'y' } })
  expect(more.files).toEqual({ 'locret:heads=a': 'x', 'locret:heads=b': 'y' })
  const changed = { ...run, files: { 'locret:heads=a': 'z' } }
  expect(() => goingOn(out, before, changed)).toThrow(
    /holds results with files of locret:heads=a x, not z/,
  )
})

test('notes of the runs before stay in the report', async () => {
  await addResults(out, run, questions('a'))
  const more = { ...run, notes: ['second', 'first'] }
  const { notes } = goingOn(out, await readRun(out), more)
  expect(notes).toEqual(['first', 'second'])
})
