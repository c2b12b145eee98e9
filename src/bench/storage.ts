// Read speed of a stored file: through the path of loading, with every block checked, and raw, each into a buffer of its
// own. Runs in a worker, as loading does.
import { LongtabError } from '../api/errors.ts'
import { blockCount, openStored, openToGrow, readBlocks } from '../files/store/block_file.ts'
import { privateFolder } from '../files/store/folder.ts'
import type { StorageRecord } from './record.ts'
import { spreadOf } from './statistics.ts'

const folderName = 'bench'
const fileName = 'file'

/**
 * Writes a file of `bytes`, reads it both ways alternately, and deletes it. Throws LongtabError where there is no store.
 */
export async function benchStorage(bytes: number, repeats: number): Promise<StorageRecord> {
  const root = await privateFolder(folderName)
  if (root?.writable !== true) throw new LongtabError('bad-input', 'this thread has no store')
  const folders = { files: await root.folder('files'), blocks: await root.folder('blocks') }
  try {
    await fill(folders, bytes)
    const blocks = await readBlocks(folders, fileName)
    const raw: number[] = []
    const checked: number[] = []
    for (let repeat = 0; repeat < repeats; repeat++) {
      const file = await folders.files.openToRead(fileName)
      const stored = await openStored(folders, fileName, fileName, blocks)
      if (!file || !stored) throw new Error('the file that was written is not there')
      raw.push(
        await bytesPerSecond(bytes, async () => {
          const buffer = new Uint8Array(blocks.blockBytes)
          for (let at = 0; at < bytes; at += buffer.length) await file.read(at, buffer)
        }),
      )
      checked.push(
        await bytesPerSecond(bytes, async () => {
          let read = 0
          for await (const piece of stored.read(0, bytes)) read += piece.length
          if (read !== bytes) throw new Error(`${read} bytes were read of ${bytes}`)
        }),
      )
      file.close()
      stored.close()
    }
    return { bytes, rawBytesPerSecond: spreadOf(raw), checkedBytesPerSecond: spreadOf(checked) }
  } finally {
    for (const name of ['files', 'blocks']) await root.remove(name)
  }
}

async function fill(folders: Parameters<typeof openToGrow>[0], bytes: number): Promise<void> {
  const file = await openToGrow(folders, fileName)
  try {
    file.begin(bytes, 'bench')
    const content = new Uint8Array(file.blockBytes)
    for (let at = 0; at < content.length; at += 65_536)
      crypto.getRandomValues(content.subarray(at, at + 65_536))
    for (let block = 0; block < blockCount(file); block++) {
      content[0] = block
      file.write(block, content.subarray(0, bytes - block * file.blockBytes))
    }
    file.finish()
  } finally {
    file.close()
  }
}

async function bytesPerSecond(bytes: number, work: () => Promise<void>): Promise<number> {
  const began = performance.now()
  await work()
  return (1000 * bytes) / (performance.now() - began)
}
