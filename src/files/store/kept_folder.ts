// A model's folder on a server, with a copy in the store. A complete stored file is read without contacting the server.
// `fetch` downloads the files that were opened. Until then, and where nothing can be stored, files are read from the
// server.
import { LongtabError } from '../../api/errors.ts'
import { nameOf, type AddressLocation, type HubLocation } from '../location.ts'
import { remoteFolder, type Listing } from '../remote_folder.ts'
import { readAll, type ByteFile, type OnBytes } from '../byte_file.ts'
import { changedMeanwhile, fetchBytes } from '../fetch_file.ts'
import { decodeText, type FolderAdvice, type FolderFiles } from '../folder_files.ts'
import { UrlFile } from '../url_file.ts'
import {
  heldBytes,
  openStored,
  openToGrow,
  readBlocks,
  type Blocks,
  type StoredFile,
} from './block_file.ts'
import { download, type Begun, type RemoteFile } from './download.ts'
import { exclusively } from './lock.ts'
import { requireRoomToKeep } from './room.ts'
import type { Entry, Store } from './store.ts'

export interface KeptFolder extends FolderFiles {
  file(name: string): KeptFile
  /** files opened so far */
  readonly opened: readonly KeptFile[]
}

export interface KeptFile extends ByteFile {
  /** whether it is complete in the store */
  stored(): Promise<boolean>
  /** bytes that `fetch` would download; 0 where nothing can be stored */
  missing(signal?: AbortSignal): Promise<number>
  /** Downloads the file into the store, complete and checked. Does nothing if it is stored already or cannot be. */
  fetch(onBytes: OnBytes, signal?: AbortSignal): Promise<void>
}

export function keptFolder(
  location: AddressLocation | HubLocation,
  onBytes: OnBytes,
  openStore: () => Promise<Store | undefined>,
  advice: FolderAdvice,
): KeptFolder {
  const source = remoteFolder(location)
  let opening: Promise<Entry | undefined> | undefined
  const entry = () =>
    (opening ??= location.keep ? openStore().then((store) => store?.entry(location)) : nothing)
  let asking: Promise<Listing | undefined> | undefined
  const listing = async (signal?: AbortSignal): Promise<Listing | undefined> => {
    const known = (await entry())?.listing()
    if (known !== undefined) return known
    asking ??= source.list(signal).then(async (found) => {
      if (found !== undefined) await (await entry())?.learn({ listing: found })
      return found
    })
    asking.catch(() => (asking = undefined))
    return asking
  }
  const files = new Map<string, KeptFile>()
  const file = (name: string): KeptFile => {
    const open = files.get(name) ?? keptFile(name)
    files.set(name, open)
    return open
  }

  function keptFile(name: string): KeptFile {
    const stored = encodeURIComponent(name)
    const shownName = nameOf({ ...location, file: name })
    let server: UrlFile | undefined
    let whole: Blocks | undefined
    let open: StoredFile | undefined

    const remote = async (signal?: AbortSignal) => {
      const { url, headers } = source.remote(name, await listing(signal))
      return (server ??= new UrlFile(url, onBytes, headers))
    }
    const findWhole = async (): Promise<Blocks | undefined> => {
      const kept = await entry()
      if (whole === undefined && kept !== undefined) {
        const found = await readBlocks(kept.folders, stored)
        if (found.whole) whole = found
      }
      return whole
    }
    return {
      name: shownName,
      async size(signal) {
        const found = await findWhole()
        if (found) return found.bytes
        const listed = source.remote(name, await listing(signal)).bytes
        return listed ?? (await remote(signal)).size(signal)
      },
      async *read(start, end, signal) {
        const found = await findWhole()
        const kept = await entry()
        if (found === undefined || kept === undefined) {
          yield* (await remote(signal)).read(start, end, signal)
          return
        }
        const file = (open ??= await openStored(kept.folders, stored, shownName, found))
        if (file === undefined) throw vanished(shownName)
        try {
          for await (const bytes of file.read(start, end)) {
            if (signal?.aborted)
              throw new LongtabError('aborted', `reading ${shownName} was cancelled`)
            onBytes(bytes.length)
            yield bytes
          }
        } catch (error) {
          whole = undefined // a damaged file is no longer complete
          open = undefined
          file.close()
          throw error
        }
      },
      async part(start, end, signal) {
        if (await findWhole()) return readAll(this, start, end, signal)
        return (await remote(signal)).part(start, end, signal)
      },
      stored: async () => (await findWhole()) !== undefined,
      async missing(signal) {
        const kept = await entry()
        if (!kept?.writable || (await findWhole())) return 0
        const listed = source.remote(name, await listing(signal)).bytes
        const size = listed ?? (await (await remote(signal)).size(signal)) ?? 0
        return size - heldBytes(await readBlocks(kept.folders, stored))
      },
      async fetch(onArrived, signal) {
        const kept = await entry()
        if (!kept?.writable || (await findWhole())) return
        const from = source.remote(name, await listing(signal))
        const begun = server && (await begunBy(server, from, signal))
        await exclusively(kept.id, signal, async () => {
          const growing = await openToGrow(kept.folders, stored)
          try {
            if (!growing.whole) {
              const onSize = (_: number, more: number) => requireRoomToKeep(more, shownName)
              await download({ ...from, begun }, growing, { onBytes: onArrived, onSize, signal })
            }
            // A header read earlier must be of the same version as the file read from now on.
            const before = from.hash === undefined ? server?.version : undefined
            if (before !== undefined && growing.version !== before) throw changedMeanwhile(from.url)
          } finally {
            growing.close()
          }
        })
        server?.close()
      },
      close() {
        server?.close()
        open?.close()
        open = undefined
      },
    }
  }

  return {
    folder: nameOf({ ...location, file: undefined }),
    get opened() {
      return [...files.values()]
    },
    async has(name, signal) {
      const listed = await listing(signal)
      if (listed !== undefined) return listed.files.some((one) => one.name === name)
      const kept = await entry()
      const known = kept?.holds(name)
      if (known !== undefined) return known
      const there = await source.has(name, signal)
      await kept?.learn({ name, there })
      return there
    },
    async text(name, signal) {
      const kept = file(name)
      const listed = await listing(signal)
      if (listed !== undefined && !listed.files.some((one) => one.name === name)) {
        const names = listed.files.map((one) => one.name)
        throw new LongtabError(
          'bad-file',
          `${nameOf(location)} holds no ${name}; ${advice.among(names, location)}`,
        )
      }
      await kept.fetch(() => undefined, signal)
      if (await kept.stored()) {
        const bytes = await readAll(kept, 0, (await kept.size(signal)) ?? 0, signal)
        kept.close()
        return decodeText(bytes, kept.name)
      }
      const { url, headers } = source.remote(name, listed)
      return decodeText(await fetchBytes(url, headers, onBytes, signal), kept.name)
    },
    file,
  }
}

const nothing = Promise.resolve(undefined)

/** What reading the header has brought already. Undefined where nothing tells whether the rest is of the same version. */
async function begunBy(
  server: UrlFile,
  { hash }: RemoteFile,
  signal?: AbortSignal,
): Promise<Begun | undefined> {
  const size = await server.size(signal)
  const { beginning, version } = server
  if (size === undefined || (hash === undefined && version === undefined)) return undefined
  return { beginning, size, version }
}

function vanished(name: string): LongtabError {
  return new LongtabError(
    'bad-file',
    `what was stored of ${name} was deleted meanwhile; load again to download it anew`,
  )
}
