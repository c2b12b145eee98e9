// Hashes blobs of any size: the SHA-256 of the SHA-256s of slices. The browser's own digest needs its whole input in
// memory.
import { throwIfAborted } from '../api/errors.ts'
import { sha256 } from './sha256.ts'

const sliceBytes = 16 * 2 ** 20

/**
 * Names bytes by their content, in hexadecimal. The name is not the SHA-256 of the blob as a whole.
 * @throws LongtabError `aborted`.
 */
export async function digest(blob: Blob, signal?: AbortSignal): Promise<string> {
  const parts: ArrayBuffer[] = []
  for (let at = 0; at === 0 || at < blob.size; at += sliceBytes) {
    throwIfAborted(signal, 'hashing')
    const slice = await blob.slice(at, at + sliceBytes).arrayBuffer()
    parts.push(await crypto.subtle.digest('SHA-256', slice))
  }
  return sha256(await new Blob(parts).arrayBuffer())
}
