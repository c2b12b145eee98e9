// Writes a saved document: a safetensors file, with what is known of the document and the hash of every slice in its
// metadata. Bytes go to blobs slice by slice, which browsers keep outside a page's memory and on disk when they are many.
// The header is made last and put first.
import { throwIfAborted } from '../api/errors.ts'
import { sha256 } from '../files/sha256.ts'
import { headerBytes } from '../model/safetensors/write.ts'
import { formatName, formatVersion, type Contents } from './contents.ts'
import { bytesOfPart, inSlices, type Part } from './part.ts'

/**
 * @param about what is known of the document; JSON can hold it
 * @param onBytes told of bytes as they are written
 * Throws LongtabError `aborted`, and what the parts throw.
 */
export async function writeSaved(
  about: unknown,
  parts: readonly Part[],
  onBytes: (bytes: number) => void,
  signal?: AbortSignal,
): Promise<Blob> {
  const blobs: Blob[] = []
  const hashes: Record<string, readonly string[]> = {}
  for (const part of parts) {
    const ofSlices: string[] = []
    let written = 0
    for await (const slice of inSlices(part.bytes())) {
      throwIfAborted(signal, 'saving')
      ofSlices.push(await sha256(slice))
      blobs.push(new Blob([slice]))
      written += slice.length
      onBytes(slice.length)
    }
    if (written !== bytesOfPart(part))
      throw new Error(`${part.name} of ${bytesOfPart(part)} bytes gave ${written}`)
    hashes[part.name] = ofSlices
  }
  const contents = JSON.stringify({ about, hashes } satisfies Contents)
  const metadata = {
    format: formatName,
    version: String(formatVersion),
    contents,
    contents_sha256: await sha256(new TextEncoder().encode(contents)),
  }
  return new Blob([headerBytes(parts.map(described), metadata), ...blobs])
}

function described(part: Part) {
  return { name: part.name, dtype: part.dtype, shape: part.shape, bytes: bytesOfPart(part) }
}
