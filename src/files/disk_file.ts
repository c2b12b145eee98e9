// A file on this computer's disk by its address (`file:`), as a ByteFile: where Node runs the module, what comes with the
// module lies there, and `fetch` does not read it.
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
    close: () => undefined,
  }
}

/** Throws LongtabError `network` where there is no such file, or no disk to read from. */
async function openOnDisk(url: URL): Promise<Blob> {
  // Not an import: bundlers for the browser would look for the module. The types promise `process`; browsers have none.
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
