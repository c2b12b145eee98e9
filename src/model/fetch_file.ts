// One HTTP request for a file, its failures turned into sentences.
import { LongtabError, throwIfAborted } from '../errors.ts'
import { inBytes, type OnBytes } from './byte_file.ts'

/** The server's answer, whatever its status. Throws `network` when there is none, `aborted` when the signal fires. */
export async function request(
  url: URL,
  headers: Record<string, string>,
  signal?: AbortSignal,
): Promise<Response> {
  throwIfAborted(signal, `the download of ${url.href}`)
  try {
    return await fetch(url, { headers, signal: signal ?? null })
  } catch (cause) {
    throwIfAborted(signal, `the download of ${url.href}`)
    throw new LongtabError(
      'network',
      `${url.href} could not be reached; check the address, the connection, and that the server lets other sites read it`,
      { cause },
    )
  }
}

/** Throws LongtabError unless the answer carries the file. */
export function requireFile(url: URL, response: Response): void {
  if (!response.ok) {
    const reason = response.statusText === '' ? '' : ` (${response.statusText})`
    throw new LongtabError(
      'network',
      `${url.href} answered ${response.status}${reason}; check the address`,
    )
  }
  if (isPage(response)) {
    throw new LongtabError(
      'network',
      `${url.href} answered with a web page instead of the file; check the address`,
    )
  }
}

/** Single-page servers answer a path they do not know with their page and status 200. */
export function isPage(response: Response): boolean {
  return response.headers.get('content-type')?.startsWith('text/html') ?? false
}

/** Bytes of the body, when the server says so and did not compress it on the way. */
export function bodyLength(response: Response): number | undefined {
  const length = response.headers.get('content-length')
  return length === null || response.headers.has('content-encoding') ? undefined : Number(length)
}

/** A whole small file. Sent without a range, so that servers may compress it. */
export async function fetchBytes(
  url: URL,
  onBytes: OnBytes,
  signal?: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  const response = await request(url, {}, signal)
  requireFile(url, response)
  const reader = response.body?.getReader() // not for await: Safari cannot iterate a body
  const pieces: Uint8Array<ArrayBuffer>[] = []
  let received = 0
  try {
    for (let read = await reader?.read(); read?.value; read = await reader?.read()) {
      pieces.push(read.value)
      received += read.value.length
      onBytes(read.value.length)
    }
  } catch (cause) {
    throwIfAborted(signal, `the download of ${url.href}`)
    throw cutDownload(url, received, bodyLength(response), cause)
  }
  return new Uint8Array(await new Blob(pieces).arrayBuffer())
}

export function cutDownload(
  url: URL,
  received: number,
  expected: number | undefined,
  cause?: unknown,
): LongtabError {
  const of = expected === undefined ? '' : ` of ${expected.toLocaleString('en-US')}`
  return new LongtabError(
    'network',
    `the download of ${url.href} was cut after ${received.toLocaleString('en-US')}${of} bytes; check the connection and load again`,
    { cause },
  )
}

export function endsEarly(url: URL, size: number, expected: number): LongtabError {
  return new LongtabError(
    'bad-file',
    `${url.href} ends after ${inBytes(size)} where ${inBytes(expected)} were expected; the file on the server is not whole`,
  )
}
