// A server around what answers. Pages of other sites reach a server on this machine, so it looks where each request comes from.
// Pages may ask only where their origin was allowed. A server that listens to this machine alone answers only to its names.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { isIP, type AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { RunError } from '../shell/command.ts'
import type { Answering } from './answering.ts'
import type { Log } from './log.ts'

export interface Listening {
  readonly host: string
  /** 0 takes a free one */
  readonly port: number
  /** whose pages may ask; `*` for any */
  readonly allowOrigin: readonly string[]
}

export interface Listener {
  /** without a slash at its end */
  readonly url: string
  /** ends what is under way */
  close(): Promise<void>
}

/** Throws RunError where it cannot listen. */
export async function listen(
  { host, port, allowOrigin }: Listening,
  answering: Answering,
  log: Log,
): Promise<Listener> {
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const began = performance.now()
    response.once('close', () => {
      const { method = '', url: path = '' } = request
      const { statusCode: status, writableFinished: isWhole } = response
      log.request({ method, path, status, isWhole, ms: Math.round(performance.now() - began) })
    })
    response.setHeader('x-content-type-options', 'nosniff') // what was uploaded stays what it is called
    const { origin } = request.headers
    const refused = refusal(request, host, allowOrigin)
    if (refused !== undefined) return send(forbidden(refused), response)
    if (origin !== undefined) {
      response.setHeader('access-control-allow-origin', origin)
      response.setHeader('vary', 'origin')
    }
    if (request.method === 'OPTIONS') {
      preflight(request, response)
      return
    }
    const gone = new AbortController()
    response.once('close', () => gone.abort())
    await send(await answering(request, gone.signal), response)
  }
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      if (!response.destroyed) log.fault(error)
      response.destroy() // nobody is left to be told, or the head has gone out
    })
  })
  await opened(server, host, port)
  const { port: taken } = server.address() as AddressInfo
  return {
    url: `http://${isIP(host) === 6 ? `[${host}]` : host}:${taken}`,
    close: () =>
      new Promise((done) => {
        server.close(() => done())
        server.closeAllConnections()
      }),
  }
}

function opened(server: Server, host: string, port: number): Promise<void> {
  return new Promise((done, failed) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const why =
        error.code === 'EADDRINUSE'
          ? `port ${port} is taken; name another with --port, or 0 for a free one`
          : `cannot listen at ${host}, port ${port}: ${error.message}`
      failed(new RunError(why))
    })
    server.listen(port, host, () => done())
  })
}

/** Why a request is not answered; undefined where it is. */
function refusal(
  { headers: { host = '', origin } }: IncomingMessage,
  listensAt: string,
  allowed: readonly string[],
): string | undefined {
  if (isOwn(listensAt) && !isOwn(hostname(host)))
    return `the request is for ${host}; ask for 127.0.0.1 or localhost`
  if (origin === undefined || allowed.includes(origin) || allowed.includes('*')) return undefined
  return `pages of ${origin} may not ask here; start the server with --allow-origin ${origin}`
}

/** Whether an address is this machine's own. */
function isOwn(host: string): boolean {
  return /^(localhost|127\.\d+\.\d+\.\d+|\[?::1\]?)$/.test(host)
}

function hostname(host: string): string {
  return host.replace(/:\d+$/, '')
}

function forbidden(message: string): Response {
  const error = { message, type: 'invalid_request_error', param: null, code: 'no-access' }
  return Response.json({ error }, { status: 403 })
}

function preflight({ headers }: IncomingMessage, response: ServerResponse): void {
  const { 'access-control-request-headers': wanted = '' } = headers
  response.writeHead(204, {
    'access-control-allow-methods': 'GET, POST, DELETE',
    'access-control-allow-headers': wanted,
    'access-control-max-age': '600',
  })
  response.end()
}

async function send(answer: Response, response: ServerResponse): Promise<void> {
  response.writeHead(answer.status, Object.fromEntries(answer.headers))
  if (answer.body === null) response.end()
  else await pipeline(Readable.fromWeb(answer.body as never), response)
}
