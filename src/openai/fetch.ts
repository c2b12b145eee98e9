// OpenAI's HTTP interface as a function: what the official client takes as its `fetch`, and what `longtab serve` answers with.
import type { ChatCompletions } from './completions.ts'
import { errorResponse } from './error_response.ts'
import { createEventStream } from './event_stream.ts'
import type { Files } from './files.ts'
import type { Models } from './models.ts'
import type { ChatRequest } from './request.ts'
import { RequestError } from './request_error.ts'

/** Answers a request as the global `fetch` does, without a network. */
export type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>

interface Shape {
  readonly chat: { readonly completions: ChatCompletions }
  readonly files: Files
  readonly models: Models
}

interface Call {
  readonly request: Request
  /** what stands in the path in place of `*` */
  readonly id: string
  /** the caller's own: that of a Request is gone with the Request in Node */
  readonly signal: AbortSignal | undefined
}

type Answer = (call: Call) => Promise<Response>

/** By path behind `/v1/`, then by method. */
type Routes = Readonly<Record<string, Readonly<Record<string, Answer>>>>

export function createFetch({ chat, files, models }: Shape): Fetch {
  const routes: Routes = {
    'chat/completions': { POST: (call) => completion(chat.completions, call) },
    models: { GET: async () => Response.json(await models.list()) },
    'models/*': { GET: async ({ id }) => Response.json(await models.retrieve(id)) },
    files: {
      GET: async () => Response.json(await files.list()),
      POST: async ({ request }) =>
        Response.json(await files.create({ file: await fileIn(request) })),
    },
    'files/*/content': { GET: async ({ id }) => asBytes(await files.content(id)) },
    'files/*': {
      GET: async ({ id }) => Response.json(await files.retrieve(id)),
      DELETE: async ({ id }) => Response.json(await files.delete(id)),
    },
  }
  return async (input, init) => {
    const request = new Request(input, init)
    const given = init?.signal ?? (input instanceof Request ? input.signal : undefined)
    try {
      const { answer, id } = routeOf(routes, request)
      return await answer({ request, id, signal: given })
    } catch (error) {
      given?.throwIfAborted() // as `fetch` does
      return errorResponse(error)
    }
  }
}

function routeOf(routes: Routes, { url, method }: Request): { answer: Answer; id: string } {
  const [, path = ''] = /^.*?\/v1\/(.*?)\/?$/.exec(new URL(url).pathname) ?? []
  for (const [pattern, methods] of Object.entries(routes)) {
    const id = matchOf(pattern, path)
    if (id === undefined) continue
    const answer = methods[method]
    if (answer) return { answer, id: decodeURIComponent(id) }
    const allowed = Object.keys(methods).join(' or ')
    throw new RequestError('bad-input', `/v1/${path} takes ${allowed}, not ${method}`, {
      status: 405,
    })
  }
  const known = Object.keys(routes).join(', /v1/')
  const message = `there is nothing at ${new URL(url).pathname}; there are /v1/${known}`
  throw new RequestError('bad-input', message, { status: 404 })
}

/** What stands in place of `*`; undefined where the path is another. A model's name may hold slashes. */
function matchOf(pattern: string, path: string): string | undefined {
  const [before = '', after] = pattern.split('*')
  if (after === undefined) return path === pattern ? '' : undefined
  const fits = path.startsWith(before) && path.endsWith(after) && path.length > pattern.length - 1
  return fits ? path.slice(before.length, path.length - after.length) : undefined
}

async function completion(
  completions: ChatCompletions,
  { request, signal }: Call,
): Promise<Response> {
  const asked = await jsonOf(request)
  const call = signal === undefined ? {} : { signal }
  if (asked.stream !== true) return Response.json(await completions.create(asked, call))
  const events = createEventStream()
  const { onProgress } = events
  const answer = await completions.create({ ...asked, stream: true }, { ...call, onProgress })
  return new Response(events.of(answer), {
    headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' },
  })
}

/** Without the type that the file came with: a browser would run the script of a page that was uploaded. */
function asBytes(content: Blob): Response {
  return new Response(content, { headers: { 'content-type': 'application/octet-stream' } })
}

async function jsonOf(request: Request): Promise<ChatRequest> {
  const asked: unknown = await request.json().catch(() => undefined)
  if (typeof asked === 'object' && asked !== null) return asked as ChatRequest
  throw new RequestError('bad-input', 'the request is no object in JSON; send model and messages')
}

async function fileIn(request: Request): Promise<File> {
  const form = await request.formData().catch(() => undefined)
  const file = form?.get('file')
  if (file instanceof File) return file
  const message = 'file is missing; send a form of multipart/form-data with one'
  throw new RequestError('bad-input', message, { param: 'file' })
}
