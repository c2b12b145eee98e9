// A failing disk: damaged blocks are found and fetched again, and only those.
import { readFile, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openToGrow, type FileFolders } from './block_file.ts'
import {
  blockBytes,
  blocksThere,
  content,
  fetchIt,
  isWhole,
  name,
  serving,
  setStage,
  sha,
  stage,
  stored,
} from './download.fixture.ts'
import type { OpenFile } from './folder.ts'

setStage()

describe('what is stored and is not what it should be is never read', () => {
  it('a stored block that was damaged is fetched again, alone', async () => {
    const hub = await serving()
    await fetchIt(hub, sha)
    const onDisk = await readFile(join(stage.disk, 'files', name))
    onDisk.writeUInt8(onDisk.readUInt8(2 * blockBytes + 17) ^ 1, 2 * blockBytes + 17)
    await writeFile(join(stage.disk, 'files', name), onDisk)
    await expect(stored()).rejects.toMatchObject({
      code: 'bad-file',
      message: expect.stringContaining('damaged at byte 262,144') as string,
    })
    expect(await isWhole()).toBe(false)
    let bytes = 0
    await fetchIt(hub, sha, undefined, (more) => (bytes += more))
    expect(bytes).toBe(blockBytes)
    expect((await stored()).equals(content)).toBe(true)
  })

  it('a stored block that lies in place of another is fetched again', async () => {
    const hub = await serving()
    await fetchIt(hub, sha)
    const onDisk = await readFile(join(stage.disk, 'files', name))
    onDisk.copy(onDisk, blockBytes, 0, blockBytes)
    await writeFile(join(stage.disk, 'files', name), onDisk)
    await expect(stored()).rejects.toMatchObject({
      message: expect.stringContaining('damaged at byte 131,072') as string,
    })
    await fetchIt(hub, sha)
    expect((await stored()).equals(content)).toBe(true)
  })

  it('a stored file that was cut is not whole', async () => {
    const hub = await serving()
    await fetchIt(hub, sha)
    await truncate(join(stage.disk, 'files', name), 4 * blockBytes)
    await expect(stored()).rejects.toMatchObject({ code: 'bad-file' })
    await fetchIt(hub, sha)
    expect((await stored()).equals(content)).toBe(true)
  })

  it('a block of an earlier session is found before the whole is trusted', async () => {
    const hub = await serving({ cutAfter: blockBytes, cuts: 1000 })
    const stop = new AbortController()
    const first = fetchIt(hub, sha, stop.signal, () => stop.abort())
    await expect(first).rejects.toMatchObject({ code: 'aborted' })
    // the journal lists block 0, but its bytes have changed
    const file = await openToGrow(stage.folders, name, blockBytes)
    if (!file.hashes.has(0)) file.write(0, content.subarray(0, blockBytes))
    file.close()
    const onDisk = await readFile(join(stage.disk, 'files', name))
    onDisk.writeUInt8(onDisk.readUInt8(0) ^ 1, 0)
    await writeFile(join(stage.disk, 'files', name), onDisk)
    hub.manner.cuts = 0
    await fetchIt(hub, sha)
    expect((await stored()).equals(content)).toBe(true)
  })
})

it('a line of the journal that was torn costs its block and nothing else', async () => {
  const hub = await serving()
  await fetchIt(hub, sha)
  const journal = join(stage.disk, 'blocks', name)
  const lines = await readFile(journal, 'utf8')
  await writeFile(journal, lines.slice(0, -30)) // cuts the last block's line
  expect(await isWhole()).toBe(false)
  let bytes = 0
  await fetchIt(hub, sha, undefined, (more) => (bytes += more))
  expect(bytes).toBeLessThanOrEqual(blockBytes)
  expect(await isWhole()).toBe(true)
})

/** stage.folders whose files behave differently when opened for writing. */
function otherwise(change: (file: OpenFile) => Partial<OpenFile>): FileFolders {
  const { files, blocks } = stage.folders
  const openToWrite = async (which: string) => {
    const file = await files.openToWrite(which)
    return { ...file, ...change(file) }
  }
  return { blocks, files: { ...files, openToWrite } }
}

it('says when there is no room, and goes on later', async () => {
  const hub = await serving()
  const whole = stage.folders
  stage.folders = otherwise((file) => ({
    write(at, bytes) {
      if (at >= 3 * blockBytes) throw Object.assign(new Error('full'), { code: 'storage-full' })
      file.write(at, bytes)
    },
  }))
  await expect(fetchIt(hub, sha)).rejects.toMatchObject({ code: 'storage-full' })
  stage.folders = whole
  const there = await blocksThere()
  expect(there).toBeGreaterThan(0)
  let bytes = 0
  await fetchIt(hub, sha, undefined, (more) => (bytes += more))
  expect(bytes).toBeLessThanOrEqual(content.length - there * blockBytes)
  expect(await isWhole()).toBe(true)
})

it('gives up where what is written comes back as something else', async () => {
  const hub = await serving()
  stage.folders = otherwise((file) => ({
    read: async (at, into) => (await file.read(at, into)).fill(0),
  }))
  await expect(fetchIt(hub, sha)).rejects.toMatchObject({
    code: 'storage-full',
    message: expect.stringContaining('came back damaged 3 times') as string,
  })
  expect(await isWhole()).toBe(false)
})
