// A static file server for this machine only: folders and handlers mounted under URL paths, byte ranges, ETags. It adds
// no header that the page would depend on, so what works here works from any static host.
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join, resolve, sep } from 'node:path'
import { pipeline } from 'node:stream/promises'

export type Handler = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>

/** What lies under a URL path: a folder, a single file, or an answer made on the spot. The longest path wins. */
export type Mounts = Readonly<Record<string, string | Handler>>

export interface Site {
  /** ends in a slash */
  readonly url: string
  close(): Promise<void>
}

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.md': 'text/markdown; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.ts': 'text/plain; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
}

/** A page with nothing on it: where a command's work in the browser happens. */
export function blankPage(title: string): Handler {
  return (_, response) => {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' })
    response.end(`<!doctype html><title>${title}</title>`)
  }
}

/** Serves on 127.0.0.1. Port 0, the default, is any free one; a port that is taken is replaced by a free one. */
export async function serve(mounts: Mounts, port = 0): Promise<Site> {
  const server = createServer((request, response) => void answer(mounts, request, response))
  await listen(server, port).catch(async (error: unknown) => {
    if (port === 0 || !isCode(error, 'EADDRINUSE')) throw error
    await listen(server, 0)
  })
  const { port: taken } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${taken}/`,
    close: () =>
      new Promise((done) => {
        server.close(() => done())
        server.closeAllConnections()
      }),
  }
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((done, failed) => {
    server.once('error', failed)
    server.listen(port, '127.0.0.1', () => {
      server.off('error', failed)
      done()
    })
  })
}

async function answer(
  mounts: Mounts,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    const path = pathOf(request)
    const mount = Object.keys(mounts)
      .filter((prefix) => path === prefix || (prefix.endsWith('/') && path.startsWith(prefix)))
      .reduce((longest, prefix) => (prefix.length > longest.length ? prefix : longest), '')
    const target = mounts[mount]
    if (typeof target === 'function') await target(request, response)
    else if (request.method !== 'GET' && request.method !== 'HEAD') refuse(response, 405)
    else if (target === undefined) refuse(response, 404)
    else await sendFile(target, path.slice(mount.length), request, response)
  } catch (error) {
    // A client that left mid-transfer is no failure; one still waiting must not wait forever.
    if (error instanceof URIError) refuse(response, 400)
    else if (!response.headersSent)
      refuse(response, isCode(error, 'ENOENT', 'ENOTDIR', 'EISDIR') ? 404 : 500)
    else response.destroy()
  }
}

/** The decoded path, without the query. Throws URIError. */
function pathOf(request: IncomingMessage): string {
  const [path = '/'] = (request.url ?? '/').split('?')
  return decodeURIComponent(path)
}

/** A file of a folder, or a part of it. Throws the file system's errors. */
export async function sendFile(
  root: string,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const file = resolve(root, path)
  const outside = file !== resolve(root) && !file.startsWith(resolve(root) + sep)
  if (outside || file.includes('\0')) {
    refuse(response, 404)
    return
  }
  const found = await stat(file)
  if (found.isDirectory()) {
    if (path === '' || path.endsWith('/')) {
      return sendFile(root, join(path, 'index.html'), request, response)
    }
    response.writeHead(301, { location: `${(request.url ?? '').split('?')[0] ?? ''}/` }).end()
    return
  }

  const etag = `"${found.size.toString(36)}-${found.mtimeMs.toString(36)}"`
  response.setHeader('etag', etag)
  response.setHeader('cache-control', 'no-cache') // asks again each time; the ETag makes that cheap
  response.setHeader('accept-ranges', 'bytes')
  response.setHeader('content-type', types[extname(file)] ?? 'application/octet-stream')
  if (request.headers['if-none-match'] === etag) {
    response.writeHead(304).end()
    return
  }
  const wanted = request.headers['if-range'] ?? etag
  const range = wanted === etag ? parseRange(request.headers.range, found.size) : undefined
  if (range === 'beyond') {
    response.setHeader('content-range', `bytes */${found.size}`)
    refuse(response, 416)
    return
  }
  const { first, last } = range ?? { first: 0, last: found.size - 1 }
  response.setHeader('content-length', last - first + 1)
  if (range !== undefined)
    response.setHeader('content-range', `bytes ${first}-${last}/${found.size}`)
  response.writeHead(range === undefined ? 200 : 206)
  if (request.method === 'HEAD' || found.size === 0) response.end()
  else await pipeline(createReadStream(file, { start: first, end: last }), response)
}

/** First and last byte, both included. */
export interface ByteRange {
  readonly first: number
  readonly last: number
}

/**
 * A `Range` header for a file of `size` bytes (RFC 9110 §14): undefined sends the whole file, as for several ranges or
 * other units; `beyond` is a range that holds no byte of the file.
 */
export function parseRange(
  header: string | undefined,
  size: number,
): ByteRange | 'beyond' | undefined {
  const [, from = '', to = ''] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? []
  if (from === '' && to === '') return undefined
  if (from === '') {
    const suffix = Math.min(Number(to), size)
    return suffix === 0 ? 'beyond' : { first: size - suffix, last: size - 1 }
  }
  const first = Number(from)
  if (to !== '' && Number(to) < first) return undefined
  if (first >= size) return 'beyond'
  return { first, last: to === '' ? size - 1 : Math.min(Number(to), size - 1) }
}

function refuse(response: ServerResponse, status: number): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' })
  response.end(`${status}\n`)
}

function isCode(error: unknown, ...codes: string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code))
}
