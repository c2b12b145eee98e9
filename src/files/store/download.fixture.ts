// Set-up of the tests of downloads and stored files: a file of some blocks, an imitation of the Hub that serves it, and a
// folder on disk.
import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach } from 'vitest'
import { diskFolder } from '../../../cli/models/disk_folder.ts'
import { openStored, openToGrow, readBlocks, type FileFolders } from './block_file.ts'
import { download, type Begun, type RemoteFile } from './download.ts'
import { serveHub, type HubServer, type Manner } from './hub.fixture.ts'

export const name = 'weights.bin'
const blocks = 5
export const blockBytes = 1 << 17
/** some blocks and a piece, all of them different */
export const content = Buffer.alloc(blocks * blockBytes - 12_345)
for (let at = 0; at < content.length; at += 4096)
  content.writeUInt32LE((at * 2654435761) % 2 ** 32, at)
export const changed = Buffer.from(content)
changed[5] = 99
export const sha = createHash('sha256').update(content).digest('hex')

/** State of a test: created before it, removed after it. */
export const stage = {} as {
  /** the folder that holds both */
  disk: string
  folders: FileFolders
  server: HubServer | undefined
}

/** Called once in a test file, for all of its tests. */
export function setStage(): void {
  beforeEach(async () => {
    stage.disk = await mkdtemp(join(tmpdir(), 'longtab-store-'))
    const root = await diskFolder(stage.disk)
    stage.folders = { files: await root.folder('files'), blocks: await root.folder('blocks') }
  })
  afterEach(async () => {
    await stage.server?.close()
    stage.server = undefined
    await rm(stage.disk, { recursive: true })
  })
}

export async function serving(manner: Partial<Manner> = {}): Promise<HubServer> {
  await stage.server?.close()
  return (stage.server = await serveHub({ [name]: content }, manner))
}

/** Downloads from the server. A hash makes it a file of the Hub. */
export async function fetchIt(
  { url }: HubServer,
  hash?: string,
  signal?: AbortSignal,
  onBytes: (bytes: number) => void = () => undefined,
  stallMs = 5000,
  begun?: Begun,
): Promise<void> {
  const remote: RemoteFile = {
    url: new URL(`/plain/${name}`, url),
    headers: {},
    begun,
    ...(hash === undefined ? {} : { bytes: content.length, hash: { kind: 'sha256', hex: hash } }),
  }
  const file = await openToGrow(stage.folders, name, blockBytes)
  try {
    const options = { onBytes, onSize: async () => undefined, signal, pauseMs: 1, stallMs }
    await download(remote, file, options)
  } finally {
    file.close()
  }
}

export async function opened(from = stage.folders) {
  const file = await openStored(from, name, name, await readBlocks(from, name))
  if (file === undefined) throw new Error(`${name} is not stored`)
  return file
}

export async function stored(): Promise<Buffer> {
  const file = await opened()
  const pieces: Uint8Array[] = []
  for await (const piece of file.read(0, content.length)) pieces.push(piece.slice())
  file.close()
  return Buffer.concat(pieces)
}

export const isWhole = async () => (await readBlocks(stage.folders, name)).whole
export const blocksThere = async () => (await readBlocks(stage.folders, name)).hashes.size
