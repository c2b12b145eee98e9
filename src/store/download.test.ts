import { createHash } from 'node:crypto'
import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { diskFolder } from '../../cli/disk_folder.ts'
import { openStored, openToGrow, readBlocks, type FileFolders } from './block_file.ts'
import { download, type RemoteFile } from './download.ts'
import type { OpenFile } from './folder.ts'
import { serveHub, type HubServer, type Manner } from './hub.fixture.ts'

const name = 'weights.bin'
const blocks = 5
const blockBytes = 1 << 17
/** some blocks and a piece, all of them different */
const content = Buffer.alloc(blocks * blockBytes - 12_345)
for (let at = 0; at < content.length; at += 4096)
  content.writeUInt32LE((at * 2654435761) % 2 ** 32, at)
const changed = Buffer.from(content)
changed[5] = 99
const sha = createHash('sha256').update(content).digest('hex')

let disk: string
let folders: FileFolders
let server: HubServer | undefined

beforeEach(async () => {
  disk = await mkdtemp(join(tmpdir(), 'longtab-store-'))
  const root = await diskFolder(disk)
  folders = { files: await root.folder('files'), blocks: await root.folder('blocks') }
})
afterEach(async () => {
  await server?.close()
  server = undefined
  await rm(disk, { recursive: true })
})

async function serving(manner: Partial<Manner> = {}): Promise<HubServer> {
  await server?.close()
  server = await serveHub({ [name]: content }, manner)
  return server
}

/** From the server as it is now; a hash makes it a file of the Hub. */
async function fetchIt(
  { url }: HubServer,
  hash?: string,
  signal?: AbortSignal,
  onBytes: (bytes: number) => void = () => undefined,
  stallMs = 5000,
): Promise<void> {
  const remote: RemoteFile = {
    url: new URL(`/plain/${name}`, url),
    headers: {},
    ...(hash === undefined ? {} : { bytes: content.length, hash: { kind: 'sha256', hex: hash } }),
  }
  const file = await openToGrow(folders, name, blockBytes)
  try {
    const options = { onBytes, onSize: async () => undefined, signal, pauseMs: 1, stallMs }
    await download(remote, file, options)
  } finally {
    file.close()
  }
}

async function opened(from = folders) {
  const file = await openStored(from, name, name, await readBlocks(from, name))
  if (file === undefined) throw new Error(`${name} is not stored`)
  return file
}

async function stored(): Promise<Buffer> {
  const file = await opened()
  const pieces: Uint8Array[] = []
  for await (const piece of file.read(0, content.length)) pieces.push(piece.slice())
  file.close()
  return Buffer.concat(pieces)
}

const isWhole = async () => (await readBlocks(folders, name)).whole
const blocksThere = async () => (await readBlocks(folders, name)).hashes.size

describe.each([
  ['a file of the Hub', sha],
  ['a file behind an address', undefined],
])('%s', (_, hash) => {
  it('arrives over several connections, each byte once', async () => {
    const hub = await serving()
    let bytes = 0
    await fetchIt(hub, hash, undefined, (more) => (bytes += more))
    expect(await isWhole()).toBe(true)
    expect((await stored()).equals(content)).toBe(true)
    expect(bytes).toBe(content.length)
    expect(hub.requests).toHaveLength(3) // runs of two blocks
  })

  it('goes on where a dropped connection stopped', async () => {
    const hub = await serving({ cutAfter: blockBytes + 777, cuts: 3 })
    let bytes = 0
    await fetchIt(hub, hash, undefined, (more) => (bytes += more))
    expect((await stored()).equals(content)).toBe(true)
    expect(bytes).toBe(content.length)
    const starts = hub.requests.map((line) => Number(/bytes=(\d+)/.exec(line)?.[1]))
    expect(starts.some((start) => start % blockBytes > 0)).toBe(true)
  })

  it('goes on where a closed tab stopped, and fetches nothing that is there', async () => {
    const hub = await serving({ cutAfter: blockBytes + 5, cuts: 1000 })
    const stop = new AbortController()
    let arrived = 0
    const first = fetchIt(hub, hash, stop.signal, (more) => {
      if ((arrived += more) > 2.5 * blockBytes) stop.abort()
    })
    await expect(first).rejects.toMatchObject({ code: 'aborted' })
    expect(await isWhole()).toBe(false)
    const there = await blocksThere()
    expect(there).toBeGreaterThan(0)
    hub.manner.cuts = 0
    let bytes = 0
    await fetchIt(hub, hash, undefined, (more) => (bytes += more))
    expect((await stored()).equals(content)).toBe(true)
    expect(bytes).toBeLessThanOrEqual(content.length - there * blockBytes + blockBytes)
  })

  it('arrives whole from a server without ranges, however often it drops', async () => {
    const hub = await serving({ ranges: false, cutAfter: 3 * blockBytes + 9, cuts: 2 })
    let bytes = 0
    await fetchIt(hub, hash, undefined, (more) => (bytes += more))
    expect((await stored()).equals(content)).toBe(true)
    expect(bytes).toBe(content.length)
  })

  it('gives up after a handful of drops without a byte, and keeps what it has', async () => {
    const hub = await serving({ cutAfter: 0, cuts: 1000 })
    await expect(fetchIt(hub, hash)).rejects.toMatchObject({ code: 'network' })
    expect(await isWhole()).toBe(false)
    expect(hub.requests.length).toBeLessThan(30)
  })

  it('waits for a busy server, and counts a silent connection as dropped', async () => {
    const hub = await serving({ busy: 2 })
    hub.manner.hold = new Promise((resolve) => setTimeout(resolve, 500))
    await fetchIt(hub, hash, undefined, undefined, 200)
    expect((await stored()).equals(content)).toBe(true)
    expect(hub.requests.length).toBeGreaterThan(5)
  })
})

describe('a file that changes on its server', () => {
  it('is begun anew, never mixed', async () => {
    const hub = await serving({ cutAfter: blockBytes, cuts: 1 })
    let arrived = 0
    await fetchIt(hub, undefined, undefined, (more) => {
      arrived += more
      if (arrived > blockBytes) hub.manner.files[name] = changed
    })
    expect((await stored()).equals(changed)).toBe(true)
    expect(arrived).toBe(content.length)
  })

  it('is begun anew by the next session, too', async () => {
    const hub = await serving({ cutAfter: blockBytes, cuts: 1000 })
    const stop = new AbortController()
    const first = fetchIt(hub, undefined, stop.signal, () => stop.abort())
    await expect(first).rejects.toMatchObject({ code: 'aborted' })
    Object.assign(hub.manner, { cuts: 0, files: { [name]: changed } })
    await fetchIt(hub)
    expect((await stored()).equals(changed)).toBe(true)
  })

  it('is read in one go where nothing tells its versions apart', async () => {
    const hub = await serving({ versions: 'none', cutAfter: 3 * blockBytes, cuts: 1 })
    let arrived = 0
    await fetchIt(hub, undefined, undefined, (more) => {
      arrived += more
      if (arrived > 2 * blockBytes) hub.manner.files[name] = changed
    })
    expect((await stored()).equals(changed)).toBe(true)
    expect(arrived).toBe(content.length)
    expect(hub.requests.every((line) => line.endsWith('bytes=0-'))).toBe(true)
  })
})

describe('content that is not what it should be', () => {
  it('is refused when its hash is another than the Hub says, and nothing is kept', async () => {
    const hub = await serving({ files: {} })
    hub.manner.files[name] = changed
    await expect(fetchIt(hub, sha)).rejects.toMatchObject({
      code: 'bad-file',
      message: expect.stringContaining(`instead of ${sha}`) as string,
    })
    expect(await blocksThere()).toBe(0)
    hub.manner.files[name] = content
    await fetchIt(hub, sha)
    expect(await isWhole()).toBe(true)
  })

  it('is never read: a stored block that was damaged is fetched again, alone', async () => {
    const hub = await serving()
    await fetchIt(hub, sha)
    const onDisk = await readFile(join(disk, 'files', name))
    onDisk.writeUInt8(onDisk.readUInt8(2 * blockBytes + 17) ^ 1, 2 * blockBytes + 17)
    await writeFile(join(disk, 'files', name), onDisk)
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

  it('is never read: a stored block that lies in place of another is fetched again', async () => {
    const hub = await serving()
    await fetchIt(hub, sha)
    const onDisk = await readFile(join(disk, 'files', name))
    onDisk.copy(onDisk, blockBytes, 0, blockBytes)
    await writeFile(join(disk, 'files', name), onDisk)
    await expect(stored()).rejects.toMatchObject({
      message: expect.stringContaining('damaged at byte 131,072') as string,
    })
    await fetchIt(hub, sha)
    expect((await stored()).equals(content)).toBe(true)
  })

  it('is never read: a stored file that was cut is not whole', async () => {
    const hub = await serving()
    await fetchIt(hub, sha)
    await truncate(join(disk, 'files', name), 4 * blockBytes)
    await expect(stored()).rejects.toMatchObject({ code: 'bad-file' })
    await fetchIt(hub, sha)
    expect((await stored()).equals(content)).toBe(true)
  })

  it('is found among blocks of an earlier session before the whole is trusted', async () => {
    const hub = await serving({ cutAfter: blockBytes, cuts: 1000 })
    const stop = new AbortController()
    const first = fetchIt(hub, sha, stop.signal, () => stop.abort())
    await expect(first).rejects.toMatchObject({ code: 'aborted' })
    // the journal says block 0 is there; it is not what it was
    const file = await openToGrow(folders, name, blockBytes)
    if (!file.hashes.has(0)) file.write(0, content.subarray(0, blockBytes))
    file.close()
    const onDisk = await readFile(join(disk, 'files', name))
    onDisk.writeUInt8(onDisk.readUInt8(0) ^ 1, 0)
    await writeFile(join(disk, 'files', name), onDisk)
    hub.manner.cuts = 0
    await fetchIt(hub, sha)
    expect((await stored()).equals(content)).toBe(true)
  })
})

it('a line of the journal that was torn costs its block and nothing else', async () => {
  const hub = await serving()
  await fetchIt(hub, sha)
  const journal = join(disk, 'blocks', name)
  const lines = await readFile(journal, 'utf8')
  await writeFile(journal, lines.slice(0, -30)) // into the last block's line
  expect(await isWhole()).toBe(false)
  let bytes = 0
  await fetchIt(hub, sha, undefined, (more) => (bytes += more))
  expect(bytes).toBeLessThanOrEqual(blockBytes)
  expect(await isWhole()).toBe(true)
})

/** The folders, with files that behave otherwise once they are open to be written. */
function otherwise(change: (file: OpenFile) => Partial<OpenFile>): FileFolders {
  const { files, blocks } = folders
  const openToWrite = async (which: string) => {
    const file = await files.openToWrite(which)
    return { ...file, ...change(file) }
  }
  return { blocks, files: { ...files, openToWrite } }
}

it('says when there is no room, and goes on later', async () => {
  const hub = await serving()
  const whole = folders
  folders = otherwise((file) => ({
    write(at, bytes) {
      if (at >= 3 * blockBytes) throw Object.assign(new Error('full'), { code: 'storage-full' })
      file.write(at, bytes)
    },
  }))
  await expect(fetchIt(hub, sha)).rejects.toMatchObject({ code: 'storage-full' })
  folders = whole
  const there = await blocksThere()
  expect(there).toBeGreaterThan(0)
  let bytes = 0
  await fetchIt(hub, sha, undefined, (more) => (bytes += more))
  expect(bytes).toBeLessThanOrEqual(content.length - there * blockBytes)
  expect(await isWhole()).toBe(true)
})

it('gives up where what is written comes back as something else', async () => {
  const hub = await serving()
  folders = otherwise((file) => ({
    read: async (at, into) => (await file.read(at, into)).fill(0),
  }))
  await expect(fetchIt(hub, sha)).rejects.toMatchObject({
    code: 'storage-full',
    message: expect.stringContaining('came back damaged 3 times') as string,
  })
  expect(await isWhole()).toBe(false)
})
