import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { diskFolder } from '../../cli/models/disk_folder.ts'
import { noRoomFor, type Folder } from '../files/store/folder.ts'
import { PassageStore } from './passage_store.ts'

const blockIds = 65_536

let disk = ''
let folder: Folder
beforeEach(async () => {
  disk = await mkdtemp(join(tmpdir(), 'longtab-passages-'))
  folder = await diskFolder(disk)
})
afterEach(() => rm(disk, { recursive: true }))

const idsFrom = (first: number, count: number) =>
  Array.from({ length: count }, (_, i) => (first + i) * 3)

/** Passages of 100 tokens and 400 characters. */
async function fill(store: PassageStore, passages: number): Promise<PassageStore> {
  for (let i = 0; i < passages; i++)
    await store.add({
      firstToken: i * 100,
      ids: idsFrom(i * 100, 100),
      firstChar: i * 400,
      text: 'x'.repeat(400),
    })
  return store
}

async function expectAll(store: PassageStore, passages: number): Promise<void> {
  for (let i = 0; i < passages; i++) {
    const ids = await store.ids(i)
    if (ids.some((id, at) => id !== (i * 100 + at) * 3))
      throw new Error(`passage ${i} has other ids`)
  }
}

const passages = 3 * 656 // a little over three blocks of ids

describe('a passage store', () => {
  it('gives back ids and ranges', async () => {
    const store = new PassageStore(undefined)
    await store.add({ firstToken: 0, ids: [5, 6, 7], firstChar: 0, text: 'The boat ' })
    await store.add({ firstToken: 3, ids: [8], firstChar: 9, text: 'sank.' })
    expect(store.count).toBe(2)
    expect(store.range(0)).toEqual({ firstToken: 0, tokens: 3, firstChar: 0, length: 9 })
    expect(store.range(1)).toEqual({ firstToken: 3, tokens: 1, firstChar: 9, length: 5 })
    expect([...(await store.ids(0))]).toEqual([5, 6, 7])
    expect([...(await store.ids(1))]).toEqual([8])
  })

  it('refuses a passage that is not there', async () => {
    const store = new PassageStore(undefined)
    expect(() => store.range(0)).toThrow('passage 0 of 0')
    await expect(store.ids(-1)).rejects.toThrow('passage -1 of 0')
  })

  it('takes four bytes a token and little more in memory', async () => {
    const store = await fill(new PassageStore(undefined), passages)
    await expectAll(store, passages)
    expect(store.bytes).toBeLessThan(4 * (passages * 100 + blockIds) + 20 * passages)
  })

  it('keeps blocks beyond the first in a private file, and gives the file back', async () => {
    const store = await fill(new PassageStore(folder, 1), passages)
    expect(store.bytes).toBeLessThan(4 * 2 * blockIds + 20 * passages)
    const [name = ''] = await readdir(disk)
    expect((await stat(join(disk, name))).size).toBe(2 * 4 * blockIds)
    await expectAll(store, passages) // some lie across two blocks
    await store.close()
    expect(await readdir(disk)).toEqual([])
  })

  it('makes no file for what fits in memory', async () => {
    const store = await fill(new PassageStore(folder), passages)
    expect(await readdir(disk)).toEqual([])
    await store.close()
  })

  it('removes what a closed tab left behind', async () => {
    const left = await folder.openToWrite('left')
    left.write(0, new Uint8Array(10))
    left.close()
    const store = await fill(new PassageStore(folder, 1), passages)
    expect(await readdir(disk)).toHaveLength(1)
    expect(await readdir(disk)).not.toContain('left')
    await store.close()
  })

  it('stays in memory where the file has no room', async () => {
    let writes = 0
    const narrow: Folder = {
      ...folder,
      async openToWrite(name) {
        const file = await folder.openToWrite(name)
        return {
          ...file,
          write(at, bytes) {
            if (++writes > 1) throw noRoomFor(bytes.length)
            file.write(at, bytes)
          },
        }
      },
    }
    const store = await fill(new PassageStore(narrow, 0), passages)
    await expectAll(store, passages)
    expect(writes).toBe(2)
    await store.close()
  })

  it('says when its file was cut', async () => {
    const store = await fill(new PassageStore(folder, 0), passages)
    const [name = ''] = await readdir(disk)
    const file = await folder.openToWrite(name)
    file.truncate(1000)
    file.close()
    await expect(store.ids(300)).rejects.toMatchObject({ code: 'bad-file' })
    await store.close()
  })
})
