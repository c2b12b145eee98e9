// A response body in transfer, read forwards, with its position in the file and the error for an early end.
import { LongtabError } from '../api/errors.ts'
import {
  bodyLength,
  cutDownload,
  endsEarly,
  request,
  requireFile,
  shown,
  totalOf,
  versionOf,
} from './fetch_file.ts'

export class Transfer {
  readonly url: URL
  /** the server supports range requests */
  readonly ranges: boolean
  /** it ends where it was asked to, before the file's end perhaps */
  readonly isPart: boolean
  /** see versionOf */
  readonly version: string | undefined
  /** offset in the file after the last announced byte */
  readonly end: number | undefined
  /** bytes in the file, where the response says so */
  readonly size: number | undefined
  /** offset in the file of the next byte */
  position: number
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>
  readonly #connection: AbortController
  /** received, not yet returned */
  #rest = new Uint8Array(0) as Uint8Array

  private constructor(
    url: URL,
    response: Response,
    body: ReadableStream<Uint8Array>,
    start: number,
    connection: AbortController,
    isPart: boolean,
  ) {
    const length = bodyLength(response)
    this.url = url
    this.ranges = response.status === 206
    this.isPart = isPart
    this.version = versionOf(response)
    this.position = start
    this.end = length === undefined ? undefined : start + length
    this.size = totalOf(response) ?? (isPart ? undefined : this.end)
    this.#reader = body.getReader()
    this.#connection = connection
  }

  /**
   * Requests the file from `start` to `end`, or to its own end. A server without ranges sends it from the beginning to the end;
   * then `position` is 0 and `skipTo` drops the bytes before `start`.
   */
  static async open(
    url: URL,
    headers: Record<string, string>,
    start: number,
    end: number | undefined,
    signal?: AbortSignal,
  ): Promise<Transfer> {
    // The connection outlives this call's signal: a later read with another signal may continue it.
    const connection = new AbortController()
    const abort = () => connection.abort()
    signal?.addEventListener('abort', abort)
    try {
      const response = await request(
        url,
        { ...headers, Range: `bytes=${start}-${end === undefined ? '' : end - 1}` },
        connection.signal,
      )
      if (response.status === 416) throw endsEarly(url, start, start + 1)
      requireFile(url, response)
      if (response.body === null) throw cutDownload(url, 0, bodyLength(response))
      const ranges = response.status === 206
      const from = ranges ? start : 0
      if (from > 0) requireStart(url, response, from)
      const isPart = ranges && end !== undefined
      return new Transfer(url, response, response.body, from, connection, isPart)
    } catch (error) {
      connection.abort()
      throw error
    } finally {
      signal?.removeEventListener('abort', abort)
    }
  }

  /** The next bytes, none beyond `end`. */
  async next(end: number): Promise<Uint8Array> {
    if (this.#rest.length === 0) this.#rest = await this.#receive(end)
    const bytes = this.#rest.subarray(0, end - this.position)
    this.#rest = this.#rest.subarray(bytes.length)
    this.position += bytes.length
    return bytes
  }

  async skipTo(position: number): Promise<void> {
    while (this.position < position) await this.next(position)
  }

  cancel(): void {
    this.#connection.abort()
  }

  async #receive(wanted: number): Promise<Uint8Array> {
    const expected = this.end ?? wanted
    const { done, value } = await this.#reader.read().catch((cause: unknown) => {
      throw cutDownload(this.url, this.position, expected, cause)
    })
    if (!done) return value
    if (this.position === this.end) throw endsEarly(this.url, this.position, wanted)
    throw cutDownload(this.url, this.position, expected)
  }
}

/** The header can only be read where the server exposes it. */
function requireStart(url: URL, response: Response, start: number): void {
  const range = response.headers.get('content-range')
  if (range !== null && !range.startsWith(`bytes ${start}-`)) {
    throw new LongtabError(
      'network',
      `${shown(url)} was asked for bytes from ${start} and answered "${range}"; the server's range requests are broken`,
    )
  }
}
