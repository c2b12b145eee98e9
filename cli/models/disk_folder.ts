// A store folder on this machine's disk, for commands that keep their downloads.
import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readSync,
  writeSync,
} from 'node:fs'
import { mkdir, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { noRoomFor, type Folder, type OpenFile } from '../../src/files/store/folder.ts'

/** Created if missing, with its parent folders. */
export async function diskFolder(path: string): Promise<Folder> {
  await mkdir(path, { recursive: true })
  const entries = () => readdir(path, { withFileTypes: true })
  return {
    writable: true,
    folder: (name) => diskFolder(join(path, name)),
    openToWrite: async (name) =>
      opened(openSync(join(path, name), constants.O_RDWR | constants.O_CREAT)),
    async openToRead(name) {
      const there = await stat(join(path, name)).catch(() => undefined)
      return there && opened(openSync(join(path, name), 'r'))
    },
    folders: async () => (await entries()).filter((one) => one.isDirectory()).map(nameOf),
    async files() {
      const names = (await entries()).filter((one) => one.isFile()).map(nameOf)
      return Promise.all(
        names.map(async (name) => ({ name, bytes: (await stat(join(path, name))).size })),
      )
    },
    remove: (name) => rm(join(path, name), { recursive: true, force: true }),
  }
}

function nameOf({ name }: { readonly name: string }): string {
  return name
}

function opened(file: number): OpenFile {
  return {
    size: () => fstatSync(file).size,
    read: async (at, into) => into.subarray(0, readSync(file, into, 0, into.length, at)),
    write(at, bytes) {
      try {
        for (let done = 0; done < bytes.length;)
          done += writeSync(file, bytes, done, bytes.length - done, at + done)
      } catch (cause) {
        if (cause instanceof Error && 'code' in cause && cause.code === 'ENOSPC')
          throw noRoomFor(bytes.length, cause)
        throw cause
      }
    },
    truncate: (size) => ftruncateSync(file, size),
    flush: () => fsyncSync(file),
    close: () => closeSync(file),
  }
}
