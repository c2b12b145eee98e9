// The store's file system calls, and the browser's private file system (OPFS) behind them. Synchronous writing exists in
// workers only; a page may read.
import { LongtabError } from '../../api/errors.ts'

/** Bytes of a file. Writing needs a file opened for writing. */
export interface OpenFile {
  size(): number
  /** Fills `into` from byte `at`. Returns the filled part, which is shorter at the end of the file. */
  read(at: number, into: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>>
  /** Throws LongtabError `storage-full` where the browser has no free storage. */
  write(at: number, bytes: Uint8Array<ArrayBuffer>): void
  truncate(size: number): void
  /** written bytes are on disk when this returns */
  flush(): void
  close(): void
}

export interface Folder {
  readonly writable: boolean
  folder(name: string): Promise<Folder>
  /** created if missing; only one may be open for writing */
  openToWrite(name: string): Promise<OpenFile>
  /** undefined if missing */
  openToRead(name: string): Promise<OpenFile | undefined>
  folders(): Promise<string[]>
  files(): Promise<{ readonly name: string; readonly bytes: number }[]>
  /** including its contents; a missing name is no error */
  remove(name: string): Promise<void>
}

/** A handle with calls that TypeScript declares for workers only, and a mode that not every browser has. */
interface InPlaceHandle extends FileSystemFileHandle {
  createSyncAccessHandle?(options?: { readonly mode: 'read-only' }): Promise<InPlace>
}

interface InPlace {
  readonly mode?: string
  getSize(): number
  read(into: Uint8Array, options: { readonly at: number }): number
  write(from: Uint8Array, options: { readonly at: number }): number
  truncate(size: number): void
  flush(): void
  close(): void
}

/** The browser's private files; undefined where there are none, as in Node or in some private windows. */
export async function privateFolder(name: string): Promise<Folder | undefined> {
  // the types promise `storage`; pages without https lack it
  const storage = (globalThis.navigator as { storage?: StorageManager } | undefined)?.storage
  if (storage?.getDirectory === undefined) return undefined
  try {
    return folderOf(await (await storage.getDirectory()).getDirectoryHandle(name, { create: true }))
  } catch {
    return undefined // some browsers' private windows have the call but no files
  }
}

export function folderOf(directory: FileSystemDirectoryHandle): Folder {
  return {
    writable: 'createSyncAccessHandle' in FileSystemFileHandle.prototype,
    folder: async (name) => folderOf(await directory.getDirectoryHandle(name, { create: true })),
    async openToWrite(name) {
      const handle: InPlaceHandle = await directory.getFileHandle(name, { create: true })
      const access = await handle.createSyncAccessHandle?.()
      if (access === undefined) throw new Error('files are written in workers only')
      return inPlace(access)
    },
    async openToRead(name) {
      const handle = await directory.getFileHandle(name).catch(orUndefined)
      if (handle === undefined) return undefined
      return (await openShared(handle)) ?? ofBlob(await handle.getFile())
    },
    async folders() {
      const names: string[] = []
      for await (const [name, { kind }] of directory) if (kind === 'directory') names.push(name)
      return names
    },
    async files() {
      const found: { name: string; bytes: number }[] = []
      for await (const [name, entry] of directory) {
        if (entry instanceof FileSystemFileHandle)
          found.push({ name, bytes: (await entry.getFile()).size })
      }
      return found
    },
    async remove(name) {
      await directory.removeEntry(name, { recursive: true }).catch(orUndefined)
    },
  }
}

/** Turns a missing file into undefined; other failures stay. */
function orUndefined(error: unknown): undefined {
  if (error instanceof DOMException && error.name === 'NotFoundError') return undefined
  throw error
}

/** A handle that several tabs may hold at once, several times faster than a blob. Not every browser has it. */
async function openShared(handle: InPlaceHandle): Promise<OpenFile | undefined> {
  const access = await handle.createSyncAccessHandle?.({ mode: 'read-only' }).catch(() => undefined)
  if (access?.mode === 'read-only') return inPlace(access)
  access?.close() // a browser without the mode has locked the file
  return undefined
}

function inPlace(access: InPlace): OpenFile {
  return {
    size: () => access.getSize(),
    read: async (at, into) => into.subarray(0, access.read(into, { at })),
    write(at, bytes) {
      const written = orNoRoom(bytes.length, () => access.write(bytes, { at }))
      if (written < bytes.length) throw noRoomFor(bytes.length - written)
    },
    truncate: (size) => access.truncate(size),
    flush: () => orNoRoom(0, () => access.flush()),
    close: () => access.close(),
  }
}

function orNoRoom<T>(bytes: number, work: () => T): T {
  try {
    return work()
  } catch (cause) {
    throw isFull(cause) ? noRoomFor(bytes, cause) : cause
  }
}

function ofBlob(blob: Blob): OpenFile {
  const refuse = (): never => {
    throw new Error('this file was opened to be read')
  }
  return {
    size: () => blob.size,
    async read(at, into) {
      const bytes = new Uint8Array(await blob.slice(at, at + into.length).arrayBuffer())
      into.set(bytes)
      return into.subarray(0, bytes.length)
    },
    write: refuse,
    truncate: refuse,
    flush: refuse,
    close: () => undefined,
  }
}

function isFull(cause: unknown): boolean {
  // an interface of its own in new browsers, a DOMException in others; recognised by its message if nothing else fits
  return (
    cause instanceof Error && /QuotaExceeded|storage quota/.test(`${cause.name} ${cause.message}`)
  )
}

export function noRoomFor(bytes: number, cause?: unknown): LongtabError {
  return new LongtabError(
    'storage-full',
    `this browser has no room for another ${Math.max(1, bytes).toLocaleString('en-US')} bytes; delete a stored model or free disk space, then load again: the download goes on where it stopped`,
    { cause },
  )
}
