// Cuts the bytes of a connection into blocks and stores each as soon as it is full.
import { throwIfAborted } from '../../api/errors.ts'
import { cutDownload, shown } from '../fetch_file.ts'
import { lengthOf, type GrowingFile } from './block_file.ts'
import type { DownloadOptions, RemoteFile } from './download.ts'

interface Receiving {
  readonly remote: RemoteFile
  readonly file: GrowingFile
  readonly options: Pick<DownloadOptions, 'onBytes' | 'stallMs'>
  readonly onBlock: () => void
  readonly signal: AbortSignal
}

export interface Filling {
  /** offset in the file of the next byte */
  position(): number
  /** bytes of the incomplete block */
  unfinished(): number
  add(bytes: Uint8Array): void
}

/** Cuts incoming bytes into blocks and stores each when full. Blocks that are stored already stay as they are. */
export function fillBlocks({ file, options, onBlock }: Receiving, first: number): Filling {
  const block = new Uint8Array(file.blockBytes)
  let index = first
  let filled = 0
  return {
    position: () => index * file.blockBytes + filled,
    unfinished: () => (file.hashes.has(index) ? 0 : filled),
    add(bytes) {
      for (let taken = 0; taken < bytes.length;) {
        const length = lengthOf(index, file)
        const part = bytes.subarray(taken, taken + length - filled)
        const isNew = !file.hashes.has(index)
        if (isNew) options.onBytes(part.length)
        block.set(part, filled)
        filled += part.length
        taken += part.length
        if (filled < length) return
        if (isNew) file.write(index, block.subarray(0, length))
        onBlock()
        index++
        filled = 0
      }
    },
  }
}

/** Reads a body of `length` bytes. Throws LongtabError `network` when it ends earlier. */
export async function receive(
  { remote, options, signal }: Receiving,
  response: Response,
  length: number,
  filling: Filling,
): Promise<void> {
  const reader = response.body?.getReader()
  let left = length
  const read = async () => {
    try {
      return await beforeStall(reader?.read(), options.stallMs)
    } catch (cause) {
      throw cutDownload(remote.url, length - left, length, cause)
    }
  }
  try {
    while (left > 0) {
      const value = (await read())?.value
      if (!value) throw cutDownload(remote.url, length - left, length)
      throwIfAborted(signal, `the download of ${shown(remote.url)}`)
      const bytes = value.subarray(0, left) // a response to the end of the file may be longer
      left -= bytes.length
      filling.add(bytes)
    }
  } finally {
    void reader?.cancel().catch(() => undefined) // the connection may be closed already
  }
}

async function beforeStall<T>(
  reading: Promise<T> | undefined,
  stallMs = 30_000,
): Promise<T | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const stalled = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, stallMs, undefined)
  })
  try {
    return await Promise.race([reading, stalled])
  } finally {
    clearTimeout(timer)
  }
}
