// A test server that imitates the Hugging Face Hub, as far as its client library and our downloads call it, with every
// failure of servers and connections. Its files are also served at plain addresses.
import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Its behaviour; may be changed while it runs. */
export interface Manner {
  /** path → content of the one repository, `ann/tiny` */
  files: Record<string, Uint8Array>
  /** SHA-256 that the API reports where it differs from the content's */
  claimed: Record<string, string>
  ranges: boolean
  /** `etag` and `date` identify versions, `none` does not */
  versions: 'etag' | 'date' | 'none'
  /** bytes after which a response is dropped, and for how many responses */
  cutAfter: number
  cuts: number
  /** number of 503 responses before it serves again */
  busy: number
  /** required in every request, if set */
  token: string | undefined
  /** holds every response after the bytes of a header, until it resolves */
  hold: Promise<void> | undefined
}

export interface HubServer {
  readonly url: string
  readonly manner: Manner
  /** method, path and range of each request */
  readonly requests: string[]
  close(): Promise<void>
}

export const repository = 'ann/tiny'
export const commit = 'c0ffee'.padEnd(40, '0')
const large = 1 << 16
/** bytes that come of a response that is held: a header */
const heldAfter = 1 << 16

export async function serveHub(
  files: Record<string, Uint8Array | string>,
  overrides: Partial<Manner> = {},
): Promise<HubServer> {
  const manner: Manner = {
    claimed: {},
    ranges: true,
    versions: 'etag',
    cutAfter: Infinity,
    cuts: 0,
    busy: 0,
    token: undefined,
    hold: undefined,
    ...overrides,
    files: Object.fromEntries(
      Object.entries(files).map(([name, content]) => [
        name,
        typeof content === 'string' ? new TextEncoder().encode(content) : content,
      ]),
    ),
  }
  const requests: string[] = []
  const server = createServer((request, response) => {
    const { range = '' } = request.headers
    if (request.method !== 'OPTIONS')
      requests.push(`${request.method ?? ''} ${request.url ?? ''} ${range}`.trim())
    void answer(manner, request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, manner, requests, close: () => close(server) }
}

function close(server: Server): Promise<void> {
  return new Promise((done) => {
    server.close(() => done())
    server.closeAllConnections()
  })
}

async function answer(
  manner: Manner,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  response.setHeader('access-control-allow-origin', '*')
  response.setHeader('access-control-allow-headers', 'authorization, range')
  response.setHeader('access-control-expose-headers', 'etag, content-range, x-repo-commit')
  if (request.method === 'OPTIONS') {
    response.writeHead(204).end()
    return
  }
  const path = decodeURIComponent(new URL(request.url ?? '', 'http://here').pathname)
  if (manner.token !== undefined && request.headers.authorization !== `Bearer ${manner.token}`) {
    json(response, 401, { error: 'Access to model ann/tiny is restricted.' })
  } else if (manner.busy > 0) {
    manner.busy--
    response.writeHead(503).end()
  } else if (path === `/api/models/${repository}/revision/main`) {
    json(response, 200, { _id: '1', id: repository, sha: commit, lastModified: '2026-01-01' })
  } else if (path === `/api/models/${repository}/tree/${commit}`) {
    json(
      response,
      200,
      Object.keys(manner.files).map((name) => entry(manner, name)),
    )
  } else if (path.startsWith(`/${repository}/resolve/${commit}/`)) {
    await send(manner, path.split('/').slice(5).join('/'), request, response)
  } else if (path.startsWith('/plain/')) {
    await send(manner, path.slice('/plain/'.length), request, response)
  } else json(response, 404, { error: 'Repository not found' })
}

function json(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))
}

/** An entry of the API's listing: a small file is in Git itself, a large one in LFS. */
function entry({ files, claimed }: Manner, path: string): object {
  const content = files[path] ?? new Uint8Array()
  const size = content.length
  const sha256 = claimed[path] ?? createHash('sha256').update(content).digest('hex')
  const git = createHash('sha1').update(`blob ${size}\0`).update(content).digest('hex')
  return size < large
    ? { type: 'file', path, size, oid: git }
    : { type: 'file', path, size, oid: 'pointer', lfs: { oid: sha256, size, pointerSize: 134 } }
}

const etags = new WeakMap<Uint8Array, string>()

function etagOf(content: Uint8Array): string {
  const known = etags.get(content) ?? createHash('md5').update(content).digest('hex')
  etags.set(content, known)
  return known
}

async function send(
  manner: Manner,
  name: string,
  { headers, socket }: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const content = manner.files[name]
  if (content === undefined) {
    response.setHeader('x-error-code', 'EntryNotFound')
    json(response, 404, { error: 'Entry not found' })
    return
  }
  const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(headers.range ?? '') ?? []
  const ranged = manner.ranges && from !== undefined
  const start = ranged ? Number(from) : 0
  const end = ranged && to ? Math.min(content.length, Number(to) + 1) : content.length
  if (ranged && start >= content.length) {
    response.writeHead(416).end()
    return
  }
  if (manner.versions === 'etag') response.setHeader('etag', `"${etagOf(content)}"`)
  if (manner.versions === 'date')
    response.setHeader('last-modified', 'Thu, 01 Jan 2026 00:00:00 GMT')
  if (ranged) response.setHeader('content-range', `bytes ${start}-${end - 1}/${content.length}`)
  response.writeHead(ranged ? 206 : 200, { 'content-length': end - start })
  const isCut = manner.cuts > 0 && end - start > manner.cutAfter
  if (isCut) manner.cuts--
  const stop = isCut ? start + manner.cutAfter : end
  const firstBytes = Math.min(stop, start + heldAfter)
  response.write(content.subarray(start, firstBytes))
  if (firstBytes < stop) await manner.hold
  if (response.destroyed) return
  response.write(content.subarray(firstBytes, stop), () => {
    // the written bytes must reach the reader before the connection drops
    if (isCut) setTimeout(() => socket.destroy(), 10)
    else response.end()
  })
}
