// A static file server for this machine only: folders and handlers mounted under URL paths, byte ranges, ETags. It adds
// no header that the page depends on, so the page works on any static host.
import type { Stats } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { basename, dirname } from 'node:path'
import send from 'send'
import { typedAs } from '../shell/typed.ts'

export interface Handler {
  (request: IncomingMessage, response: ServerResponse): void | Promise<void>
  /** what was typed for what it serves, for messages */
  readonly typed?: string
}

/** Contents of a URL path: a folder, a single file, or a handler's response. The longest path wins. */
export type Mounts = Readonly<Record<string, string | Handler>>

export interface Site {
  /** ends in a slash */
  readonly url: string
  close(): Promise<void>
}

/** A blank page, in which a command's work in the browser happens. */
export function blankPage(title: string): Handler {
  return (_, response) => {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' })
    response.end(`<!doctype html><title>${title}</title>`)
  }
}

/** Serves on 127.0.0.1. Port 0, the default, takes any free port; a port in use is replaced by a free one. */
export async function serve(mounts: Mounts, port = 0): Promise<Site> {
  const server = createServer((request, response) => void answer(mounts, request, response))
  await listen(server, port).catch(async (error: unknown) => {
    if (port === 0 || !(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'))
      throw error
    await listen(server, 0)
  })
  const { port: taken } = server.address() as AddressInfo
  const url = `http://127.0.0.1:${taken}/`
  for (const [path, target] of Object.entries(mounts)) {
    const name = typeof target === 'string' ? target : target.typed
    if (name !== undefined)
      typedAs(url + path.slice(1).split('/').map(encodeURIComponent).join('/'), name)
  }
  return {
    url,
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
    else if (mount.endsWith('/')) sendFile(target, path.slice(mount.length), request, response)
    else sendFile(dirname(target), basename(target), request, response)
  } catch (error) {
    if (response.headersSent) response.destroy()
    else refuse(response, error instanceof URIError ? 400 : 500)
  }
}

/** The decoded path, without the query. Throws URIError. */
export function pathOf(request: IncomingMessage): string {
  const [path = '/'] = (request.url ?? '/').split('?')
  return decodeURIComponent(path)
}

/** Sends a file of a folder, or a part of it. `path` is decoded; a folder's path means its index.html. */
export function sendFile(
  root: string,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  response.setHeader('cache-control', 'no-cache') // revalidates each time, which the ETag makes cheap
  send(request, encodeURI(`/${path}`), { root, dotfiles: 'allow', lastModified: false })
    // A strong ETag, as static hosts send; the package's own is weak.
    .on('headers', (_: ServerResponse, __: string, { size, mtimeMs }: Stats) => {
      response.setHeader('etag', `"${size.toString(36)}-${mtimeMs.toString(36)}"`)
    })
    .on('directory', () => {
      const [from = ''] = (request.url ?? '').split('?')
      // two slashes at the start would name another host
      response.writeHead(301, { location: `${from.replace(/^\/+/, '/')}/` }).end()
    })
    .on('error', ({ status }: { status: number }) => {
      // A client that left during a transfer is no failure; one that still waits must get a response.
      if (response.headersSent) response.destroy()
      else refuse(response, status === 400 || status === 403 ? 404 : status) // outside of the folder
    })
    .pipe(response)
}

/** First and last byte, both inclusive. */
export interface ByteRange {
  readonly first: number
  readonly last: number
}

/**
 * Parses a `Range` header for a file of `size` bytes (RFC 9110 §14). It returns undefined to send the whole file, as for
 * several ranges or other units. `beyond` is a range without any byte of the file.
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
