// A file with random access, behind a URL or picked by the user.

export interface ByteFile {
  /** for messages: the URL, or the picked file's name */
  readonly name: string
  /** bytes in the file; undefined when the server does not report it */
  size(signal?: AbortSignal): Promise<number | undefined>
  /**
   * The bytes from `start` up to `end`, in order, in pieces of any size. A piece is valid until the next is requested.
   * Sequential reading is fastest everywhere, and the only way to transfer the file once from a server without range
   * requests. Throws LongtabError `network` when the transfer fails or is cut, `bad-file` when the file ends before
   * `end`, `aborted` when the signal fires.
   */
  read(start: number, end: number, signal?: AbortSignal): AsyncIterable<Uint8Array>
  /**
   * The same in one array. A server is asked for little more than these bytes, where `read` lets it send on: for headers, not for
   * weights.
   */
  part(start: number, end: number, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>>
  /** drops an idle connection; the file can still be read afterwards */
  close(): void
}

/** Called with the number of bytes delivered to the reader. Skipped bytes are not counted. */
export type OnBytes = (bytes: number) => void

/** All bytes from `start` up to `end` in one array. */
export async function readAll(
  file: Pick<ByteFile, 'read'>,
  start: number,
  end: number,
  signal?: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  const all = new Uint8Array(end - start)
  let filled = 0
  for await (const bytes of file.read(start, end, signal)) {
    all.set(bytes, filled)
    filled += bytes.length
  }
  return all
}

/** `1,234 bytes` */
export function inBytes(count: number): string {
  return `${count.toLocaleString('en-US')} bytes`
}
