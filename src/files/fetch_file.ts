// One HTTP request for a file. Failures become LongtabErrors.
import { LongtabError, throwIfAborted } from '../api/errors.ts'
import { inBytes, type OnBytes } from './byte_file.ts'

/** An address for messages, without query and password, which may be secrets. */
export function shown({ origin, pathname }: URL): string {
  return `${origin}${pathname}`
}

/** A failure of the network, not of the file: a retry may help. */
export class Dropped extends LongtabError {
  constructor(message: string, options?: ErrorOptions) {
    super('network', message, options)
  }
}

/** The server's response, whatever its status. Throws Dropped when there is none, `aborted` when the signal fires. */
export async function request(
  url: URL,
  headers: Record<string, string>,
  signal?: AbortSignal,
): Promise<Response> {
  throwIfAborted(signal, `the download of ${shown(url)}`)
  try {
    return await fetch(url, { headers, signal: signal ?? null })
  } catch (cause) {
    throwIfAborted(signal, `the download of ${shown(url)}`)
    throw new Dropped(
      `${shown(url)} could not be reached; check the address, the connection, and that the server lets other sites read it`,
      { cause },
    )
  }
}

/** Throws LongtabError unless the response carries the file. */
export function requireFile(url: URL, response: Response): void {
  if (response.status === 401 || response.status === 403) {
    throw new LongtabError(
      'no-access',
      `${shown(url)} answered ${response.status}: it is private, gated or not there; accept the model's terms on its page and give an access token, or check the address`,
    )
  }
  if (!response.ok) {
    const reason = response.statusText === '' ? '' : ` (${response.statusText})`
    throw new LongtabError(
      'network',
      `${shown(url)} answered ${response.status}${reason}; check the address`,
    )
  }
  if (isPage(response)) {
    throw new LongtabError(
      'network',
      `${shown(url)} answered with a web page instead of the file; check the address`,
    )
  }
}

/** Single-page servers respond to unknown paths with their page and status 200. */
export function isPage(response: Response): boolean {
  return response.headers.get('content-type')?.startsWith('text/html') ?? false
}

/** Bytes of the body, when the server reports them and did not compress it. */
export function bodyLength(response: Response): number | undefined {
  const length = response.headers.get('content-length')
  return length === null || response.headers.has('content-encoding') ? undefined : Number(length)
}

/** Size of the whole file, from a 206 response that exposes it. */
export function totalOf({ headers }: Response): number | undefined {
  const [, total] = /\/(\d+)$/.exec(headers.get('content-range') ?? '') ?? []
  return total === undefined ? undefined : Number(total)
}

/**
 * Identifies the content behind an address: a strong ETag, or a date that is old enough to be one (RFC 9110, 8.8).
 * Undefined where the server sends neither or hides them from other sites.
 */
export function versionOf({ headers }: Response): string | undefined {
  const etag = headers.get('etag')
  if (etag !== null && !etag.startsWith('W/')) return etag
  const date = headers.get('last-modified')
  const isOld = date !== null && Date.now() - Date.parse(date) > 60_000
  return isOld ? date : undefined
}

/** A whole small file. Sent without a range, so that servers may compress it. */
export async function fetchBytes(
  url: URL,
  headers: Record<string, string>,
  onBytes: OnBytes,
  signal?: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  const response = await request(url, headers, signal)
  requireFile(url, response)
  const reader = response.body?.getReader() // not `for await`: Safari cannot iterate a body
  const pieces: Uint8Array<ArrayBuffer>[] = []
  let received = 0
  try {
    for (let read = await reader?.read(); read?.value; read = await reader?.read()) {
      pieces.push(read.value)
      received += read.value.length
      onBytes(read.value.length)
    }
  } catch (cause) {
    throwIfAborted(signal, `the download of ${shown(url)}`)
    throw cutDownload(url, received, bodyLength(response), cause)
  }
  return new Uint8Array(await new Blob(pieces).arrayBuffer())
}

export function cutDownload(
  url: URL,
  received: number,
  expected: number | undefined,
  cause?: unknown,
): Dropped {
  const of = expected === undefined ? '' : ` of ${expected.toLocaleString('en-US')}`
  return new Dropped(
    `the download of ${shown(url)} was cut after ${received.toLocaleString('en-US')}${of} bytes; check the connection and load again`,
    { cause },
  )
}

export function endsEarly(url: URL, size: number, expected: number): LongtabError {
  return new LongtabError(
    'bad-file',
    `${shown(url)} ends after ${inBytes(size)} where ${inBytes(expected)} were expected; the file on the server is not whole`,
  )
}

export function changedMeanwhile(url: URL): LongtabError {
  return new LongtabError(
    'network',
    `${shown(url)} was changed on its server while it was being read; load again to read the new one from its start`,
  )
}
