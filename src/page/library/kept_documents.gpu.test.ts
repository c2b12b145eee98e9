// What this browser keeps of documents, in its own private files: a folder of this test.
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { listPart } from '../../saved/part.ts'
import { about } from '../../saved/about.fixture.ts'
import { writeSaved } from '../../saved/write.ts'
import { fileName, openKeptDocuments, type KeptDocuments } from './kept_documents.ts'

const savedAs = (title: string, savedAt: number) =>
  writeSaved(
    { ...about, title, savedAt },
    [listPart('ids', Uint32Array.of(savedAt))],
    () => undefined,
  )

const name = 'documents of a test'
let folder: FileSystemDirectoryHandle
let list: Map<string, string>
let documents: KeptDocuments

function opened(): KeptDocuments {
  return openKeptDocuments(folder, {
    getItem: (key) => list.get(key) ?? null,
    setItem: (key, value) => void list.set(key, value),
  })
}

beforeEach(async () => {
  const root = await navigator.storage.getDirectory()
  folder = await root.getDirectoryHandle(name, { create: true })
  list = new Map()
  documents = opened()
})
afterEach(async () => {
  await (await navigator.storage.getDirectory()).removeEntry(name, { recursive: true })
})

test('what is kept is listed, the newest first, and comes back byte for byte', async () => {
  const file = await savedAs('Emma', 5)
  const kept = await documents.keep(file)
  await documents.keep(await savedAs('', 9))
  expect(await documents.list()).toMatchObject([
    { title: 'Untitled', savedAt: 9, isGone: false },
    { title: 'Emma', tokens: 7, bytes: file.size, model: 'owner/name', isGone: false },
  ])
  const again = await opened().open(kept)
  expect(again.name).toBe('Emma.longtab')
  expect(new Uint8Array(await again.arrayBuffer())).toEqual(
    new Uint8Array(await file.arrayBuffer()),
  )
})

test('a checkpoint takes the place of the one before, and the whole document that of the last', async () => {
  const readTo = (share: number) =>
    writeSaved({ ...about, title: 'Emma', reading: { share } }, [], () => undefined)
  await documents.keep(await readTo(0.2), 'emma')
  await documents.keep(await readTo(0.7), 'emma')
  expect(await documents.list()).toMatchObject([{ id: 'emma', share: 0.7 }])
  await documents.keep(await savedAs('Emma', 5), 'emma')
  expect(await documents.list()).toMatchObject([{ id: 'emma', share: 1 }])
})

test('what there is no room for leaves the checkpoint before', async () => {
  await documents.keep(await savedAs('Emma', 5), 'emma')
  const write = vi.spyOn(FileSystemFileHandle.prototype, 'createWritable')
  onTestFinished(() => write.mockRestore())
  write.mockRejectedValue(new DOMException('full', 'QuotaExceededError'))
  await expect(documents.keep(await savedAs('Emma', 6), 'emma')).rejects.toMatchObject({
    code: 'storage-full',
  })
  expect(await documents.list()).toMatchObject([{ id: 'emma', savedAt: 5, isGone: false }])
})

test('a file that the browser has deleted is named, and can be taken off the list', async () => {
  const kept = await documents.keep(await savedAs('Emma', 5))
  await folder.removeEntry(`${kept.id}.longtab`)
  expect(await documents.list()).toMatchObject([{ title: 'Emma', isGone: true }])
  await expect(documents.open(kept)).rejects.toMatchObject({ code: 'bad-file' })
  await documents.remove(kept.id)
  expect(await documents.list()).toEqual([])
})

test('files say what they are where the list is lost', async () => {
  await documents.keep(await savedAs('Emma', 5))
  list.clear()
  expect(await opened().list()).toMatchObject([{ title: 'Emma', isGone: false }])
})

test('what is no saved document is not kept', async () => {
  await expect(documents.keep(new Blob(['a text']))).rejects.toMatchObject({ code: 'bad-file' })
  expect(await documents.list()).toEqual([])
})

test('what there is no room for is refused with both numbers, and leaves nothing', async () => {
  const estimate = vi.spyOn(navigator.storage, 'estimate')
  onTestFinished(() => estimate.mockRestore())
  estimate.mockResolvedValue({ quota: 1000, usage: 900 })
  await expect(documents.keep(await savedAs('Emma', 5))).rejects.toMatchObject({
    code: 'storage-full',
    message: expect.stringMatching(/needs .* and this browser has 100.bytes left/) as string,
  })
  expect(await documents.list()).toEqual([])
})

test('a title becomes a name that every disk takes', () => {
  expect(fileName('a/b: "c"?')).toBe('a b c.longtab')
  expect(fileName(' \n')).toBe('document.longtab')
})
