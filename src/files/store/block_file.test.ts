import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { diskFolder } from '../../../cli/models/disk_folder.ts'
import { openStored, openToGrow, readBlocks, type FileFolders } from './block_file.ts'

const name = 'weights.bin'
const blockBytes = 1 << 17
/** four blocks and a piece, all of them different */
const content = Buffer.alloc(5 * blockBytes - 12_345)
for (let at = 0; at < content.length; at += 4096)
  content.writeUInt32LE((at * 2654435761) % 2 ** 32, at)

let disk: string
let folders: FileFolders

beforeEach(async () => {
  disk = await mkdtemp(join(tmpdir(), 'longtab-store-'))
  const root = await diskFolder(disk)
  folders = { files: await root.folder('files'), blocks: await root.folder('blocks') }
})
afterEach(() => rm(disk, { recursive: true }))

async function store(): Promise<void> {
  const file = await openToGrow(folders, name, blockBytes)
  file.begin(content.length, undefined)
  for (let block = 0; block < 5; block++)
    file.write(
      block,
      new Uint8Array(content.subarray(block * blockBytes, (block + 1) * blockBytes)),
    )
  file.finish()
  file.close()
}

async function opened(from = folders) {
  const file = await openStored(from, name, name, await readBlocks(from, name))
  if (file === undefined) throw new Error(`${name} is not stored`)
  return file
}

async function openedAndWatched() {
  const reads: { readonly at: number; readonly bytes: number }[] = []
  const file = await opened({
    blocks: folders.blocks,
    files: {
      ...folders.files,
      async openToRead(which) {
        const onDisk = await folders.files.openToRead(which)
        return (
          onDisk && {
            ...onDisk,
            read(at, into) {
              reads.push({ at, bytes: into.length })
              return onDisk.read(at, into)
            },
          }
        )
      },
    },
  })
  return { file, reads }
}

it('a journal with hashes of another kind vouches for nothing, and is begun anew', async () => {
  await store()
  const journal = join(disk, 'blocks', name)
  const lines = await readFile(journal, 'utf8')
  await writeFile(journal, lines.replaceAll('xxh64', 'sha256'))
  const { whole, hashes } = await readBlocks(folders, name)
  expect(whole).toBe(false)
  expect(hashes.size).toBe(0)
  await store()
  expect(await readBlocks(folders, name)).toMatchObject({ whole: true, bytes: content.length })
})

describe('a stored file', () => {
  it('is read block by block, each once, however short the stretches', async () => {
    await store()
    const { file, reads } = await openedAndWatched()
    const step = 50_000
    for (let at = 0; at < content.length; at += step) {
      const pieces: Uint8Array[] = []
      const end = Math.min(content.length, at + step)
      for await (const piece of file.read(at, end)) pieces.push(piece.slice())
      expect(Buffer.concat(pieces).equals(content.subarray(at, end))).toBe(true)
    }
    file.close()
    expect(reads.map(({ at }) => at)).toEqual([0, 1, 2, 3, 4].map((block) => block * blockBytes))
  })

  it('is read stretch by stretch where blocks were sound before', async () => {
    await store()
    const { file, reads } = await openedAndWatched()
    const at = 2 * blockBytes + 5000
    for (const from of [at, 0, at]) {
      for await (const piece of file.read(from, from + 10))
        expect(Buffer.from(piece).equals(content.subarray(from, from + 10))).toBe(true)
    }
    expect(reads).toEqual([
      { at: 2 * blockBytes, bytes: blockBytes },
      { at: 0, bytes: blockBytes },
      { at, bytes: 10 },
    ])
    await truncate(join(disk, 'files', name), blockBytes)
    await expect(file.read(at, at + 10).next()).rejects.toThrow('damaged at byte 262,144')
    file.close()
  })

  it('is read from two places at once', async () => {
    await store()
    const file = await opened()
    const [one, other] = [file.read(0, 9), file.read(3 * blockBytes, 3 * blockBytes + 9)]
    const [first, second] = [await one.next(), await other.next()]
    expect(Buffer.from(first.value ?? []).equals(content.subarray(0, 9))).toBe(true)
    expect(
      Buffer.from(second.value ?? []).equals(content.subarray(3 * blockBytes, 3 * blockBytes + 9)),
    ).toBe(true)
    await one.return(undefined)
    await other.return(undefined)
    file.close()
  })
})
