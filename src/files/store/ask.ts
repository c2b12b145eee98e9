// Requests a part of a file, and checks that the response is of the same content as before.
import {
  bodyLength,
  Dropped,
  endsEarly,
  request,
  requireFile,
  shown,
  totalOf,
  versionOf,
} from '../fetch_file.ts'
import type { GrowingFile } from './block_file.ts'
import type { RemoteFile } from './download.ts'

/** The content behind the address has changed. */
export class Changed extends Error {}

interface Asking {
  readonly remote: RemoteFile
  readonly file: GrowingFile
  readonly signal: AbortSignal
}

/** Requests bytes from `start` to block `endBlock`, or to the end. Throws Changed when the content is another. */
export async function ask(
  { remote, file, signal }: Asking,
  start: number,
  endBlock: number | undefined,
): Promise<Response> {
  const last =
    endBlock === undefined ? '' : Math.min(endBlock * file.blockBytes, file.bytes ?? 0) - 1
  const headers = { ...remote.headers, Range: `bytes=${start}-${last}` }
  const response = await request(remote.url, headers, signal)
  if (response.status === 416) {
    if (file.bytes === undefined) throw endsEarly(remote.url, 0, 1)
    throw new Changed()
  }
  if ([429, 500, 502, 503, 504].includes(response.status)) throw busy(remote.url, response)
  requireFile(remote.url, response)
  if (file.bytes === undefined) return response
  const version = versionOf(response)
  const isOther = remote.hash === undefined && version !== file.version
  const total = response.status === 206 ? totalOf(response) : bodyLength(response)
  if (isOther || (total ?? file.bytes) !== file.bytes) {
    await response.body?.cancel()
    throw new Changed()
  }
  return response
}

function busy(url: URL, { status }: Response): Dropped {
  return new Dropped(
    `${shown(url)} answered ${status}; its server is busy or out of order, load again later`,
  )
}
