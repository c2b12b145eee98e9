// A file on disk by its `file:` address, as a ByteFile. When Node runs the module, the files that come with it are on
// disk, and `fetch` does not read them.
import { LongtabError } from '../api/errors.ts'
import { blobFile } from './blob_file.ts'
import type { ByteFile, OnBytes } from './byte_file.ts'

export function diskFile(url: URL, onBytes: OnBytes): ByteFile {
  let opening: Promise<ByteFile> | undefined
  const open = () => (opening ??= openOnDisk(url).then((blob) => blobFile(blob, url.href, onBytes)))
  return {
    name: url.href,
    size: async () => (await open()).size(),
    async *read(start, end, signal) {
      yield* (await open()).read(start, end, signal)
    },
    part: async (start, end, signal) => (await open()).part(start, end, signal),
    close: () => undefined,
  }
}

/** Throws LongtabError `network` where the file does not exist, or in browsers. */
async function openOnDisk(url: URL): Promise<Blob> {
  // Not an import, since bundlers for the browser would resolve it. The types promise `process`; browsers have none.
  const { process } = globalThis as { process?: NodeJS.Process }
  if (process === undefined) {
    throw new LongtabError(
      'network',
      `${url.href} is on a disk, which a page cannot read; pick the file`,
    )
  }
  const { openAsBlob } = process.getBuiltinModule('node:fs')
  const { fileURLToPath } = process.getBuiltinModule('node:url')
  try {
    return await openAsBlob(fileURLToPath(url))
  } catch (cause) {
    throw new LongtabError('network', `${url.href} is not there; check the address`, { cause })
  }
}
