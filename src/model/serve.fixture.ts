// A file server for tests, with and without range requests, that can cut its answers short.
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

export interface Served {
  /** path without the leading slash → bytes */
  readonly files: Readonly<Record<string, Uint8Array | string>>
  /** `chunked` answers whole files without a length; `cut` promises the length and stops at `cutAt` */
  readonly manner: 'ranges' | 'whole' | 'chunked' | 'cut'
  /** offset in the file at which `cut` drops the connection */
  readonly cutAt?: number
  /** what a path that is not there gets: 404, or a page as single-page servers send */
  readonly missing?: 404 | 403 | 500 | 'page'
}

export interface Server {
  readonly url: string
  /** `name range`, in order of arrival */
  readonly requests: string[]
  /** body bytes handed to the socket */
  sent(): number
}

/** Runs until the test that started it ends. */
export async function serve(served: Served): Promise<Server> {
  const requests: string[] = []
  let sent = 0
  const server = createServer((request, response) => {
    const name = decodeURIComponent(new URL(request.url ?? '', 'http://here').pathname.slice(1))
    const range = request.headers.range ?? 'whole'
    requests.push(`${name} ${range}`)
    const content = served.files[name]
    if (content === undefined) {
      answerMissing(response, served.missing ?? 404)
      return
    }
    const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content
    const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(range) ?? []
    const ranged = from !== undefined && (served.manner === 'ranges' || served.manner === 'cut')
    const start = ranged ? Number(from) : 0
    if (ranged && start >= bytes.length) {
      response.writeHead(416).end()
      return
    }
    const end = ranged && to ? Math.min(bytes.length, Number(to) + 1) : bytes.length
    response.statusCode = ranged ? 206 : 200
    if (ranged) {
      response.setHeader('content-range', `bytes ${start}-${end - 1}/${bytes.length}`)
    }
    if (served.manner !== 'chunked') response.setHeader('content-length', end - start)
    const stop = served.manner === 'cut' ? Math.min(end, served.cutAt ?? end) : end
    void send(response, bytes.subarray(start, stop)).then(() => {
      if (stop < end) response.destroy()
      else response.end()
    })
  })
  async function send(response: ServerResponse, bytes: Uint8Array): Promise<void> {
    const closed = new Promise<void>((resolve) => response.once('close', resolve))
    for (let at = 0; at < bytes.length && !response.destroyed; at += 65_536) {
      const piece = bytes.subarray(at, at + 65_536)
      sent += piece.length
      if (!response.write(piece)) {
        await Promise.race([new Promise((resolve) => response.once('drain', resolve)), closed])
      }
    }
    // What was written must reach the reader before the connection drops.
    await new Promise<void>((resolve) => setTimeout(resolve, served.manner === 'cut' ? 20 : 0))
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}/`, requests, sent: () => sent }
}

function answerMissing(response: ServerResponse, missing: NonNullable<Served['missing']>): void {
  if (missing === 'page') {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end('<!doctype html>')
  } else {
    response.writeHead(missing).end('nothing here')
  }
}
