// What recall keeps outside the GPU comes back from a saved file: in memory, and where some of it lies in a private file.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { diskFolder } from '../../cli/models/disk_folder.ts'
import type { Folder } from '../files/store/folder.ts'
import { rowBytes } from '../plan/cache_bytes.ts'
import { seeded } from '../random.ts'
import type { Part } from '../saved/part.ts'
import { openSavedFile, type SavedFile } from '../saved/read.ts'
import { writeSaved } from '../saved/write.ts'
import { PassageStore } from './passage_store.ts'
import { createUnitStore } from './unit_store.ts'
import { WordIndex } from './word_index.ts'

let disk = ''
let folder: Folder
beforeEach(async () => {
  disk = await mkdtemp(join(tmpdir(), 'longtab-saved-'))
  folder = await diskFolder(disk)
})
afterEach(() => rm(disk, { recursive: true }))

const saved = async (parts: readonly Part[]): Promise<SavedFile> =>
  openSavedFile(await writeSaved({}, parts, () => undefined))

const shape = { layers: 3, kvHeads: 2, headSize: 16 }
const row = rowBytes(shape.headSize, 'int8')
const heads = shape.layers * 2 * shape.kvHeads
const segmentTokens = 8
const segmentBytes = segmentTokens * heads * row

test.each([
  ['in memory', Infinity, Infinity],
  ['saved from a file', 0, Infinity],
  ['opened into a file', Infinity, segmentBytes],
])('units, %s: every segment, and the tokens behind it', async (_, before, after) => {
  const random = seeded(5)
  const tokens = 3 * segmentTokens + 4
  const bytes = Uint8Array.from({ length: tokens * heads * row }, () => random() * 256)
  const make = (memory: number) => createUnitStore(shape, 'int8', segmentTokens, folder, memory)
  const store = make(before)
  await store.clear()
  store.append({ bytes, tokens })
  const file = await saved([store.part()])
  const opened = make(after)
  await opened.clear()
  await opened.open(file, tokens)
  expect(opened.tokens).toBe(tokens)
  expect(opened.bytes).toBe(after === Infinity ? 4 * segmentBytes : 2 * segmentBytes)
  for (let segment = 0; segment < 4; segment++)
    for (let layer = 0; layer < shape.layers; layer++)
      for (const kind of ['keys', 'values'] as const)
        expect(await opened.segment(layer, kind, segment)).toEqual(
          await store.segment(layer, kind, segment),
        )
})

test('units of another number than the file has are refused', async () => {
  const store = createUnitStore(shape, 'int8', segmentTokens)
  store.append({ bytes: new Uint8Array(heads * row), tokens: 1 })
  const file = await saved([store.part()])
  const other = createUnitStore(shape, 'int8', segmentTokens)
  await expect(other.open(file, 9)).rejects.toMatchObject({ code: 'bad-file' })
})

/** Passages of 100 ids; more than two blocks of ids in all. */
const passages = 1400
async function filled(store: PassageStore): Promise<PassageStore> {
  for (let i = 0; i < passages; i++)
    await store.add({
      firstToken: 100 * i,
      ids: Array.from({ length: 100 }, (_, j) => 100 * i + j),
      firstChar: 30 * i,
      text: 'x'.repeat(30),
    })
  return store
}

test.each([
  ['in memory', 64, 64],
  ['saved from a file', 0, 64],
  ['opened into a file', 64, 1],
])('passages, %s: their ids and where they stand', async (_, before, after) => {
  const store = await filled(new PassageStore(folder, before))
  const file = await saved(store.parts())
  const opened = new PassageStore(folder, after)
  await opened.open(file, store.chars)
  expect([opened.count, opened.chars]).toEqual([passages, 30 * passages])
  for (const passage of [0, 655, 656, 1310, 1311, 1399]) {
    expect(opened.range(passage)).toEqual(store.range(passage))
    expect(await opened.ids(passage)).toEqual(await store.ids(passage))
  }
  await store.close()
  await opened.close()
})

test('passages that do not follow one another are refused', async () => {
  const store = new PassageStore(undefined)
  await store.add({ firstToken: 0, ids: [1], firstChar: 5, text: 'a' })
  await store.add({ firstToken: 1, ids: [2], firstChar: 2, text: 'b' })
  const file = await saved(store.parts())
  await expect(new PassageStore(undefined).open(file, 3)).rejects.toMatchObject({
    code: 'bad-file',
  })
})

test('words: the same passages are found, with the same scores', async () => {
  const random = seeded(9)
  const names = ['harbour', 'lantern', 'captain', 'ferry', 'ledger', 'storm', 'compass']
  const word = () => names[Math.floor(random() * names.length)] ?? ''
  const index = new WordIndex()
  for (let i = 0; i < 4000; i++)
    index.add(`${Array.from({ length: 20 }, word).join(' ')} number-${i}`)
  const opened = new WordIndex()
  await opened.open(await saved(index.parts()))
  expect(opened.bytes).toBe(index.bytes)
  const question = 'Which captain wrote number-1234 in the ledger?'
  expect(index.find(question, 5)[0]?.passage).toBe(1234)
  expect(opened.find(question, 5)).toEqual(index.find(question, 5))
  expect(opened.support(question, 'the storm')).toEqual(index.support(question, 'the storm'))
  expect(opened.lacks('Where is the unicorn?')).toBe(true)
})
