// An error in OpenAI's form, with our code.
import { LongtabError, type ErrorCode } from '../index.ts'
import { RequestError } from './request_error.ts'

/** What whoever asked can change. Any other code is a fault on this side. */
const theirs: readonly ErrorCode[] = ['bad-setting', 'bad-input', 'needs-password', 'aborted']

/** `error` of a response, or of an event of a stream. */
export interface ErrorBody {
  readonly error: {
    readonly message: string
    readonly type: 'invalid_request_error' | 'server_error'
    readonly param: string | null
    readonly code: ErrorCode
  }
}

export function errorBody(error: unknown): ErrorBody {
  const { code, message } = codeOf(error)
  const type = theirs.includes(code) ? 'invalid_request_error' : 'server_error'
  const param = error instanceof RequestError ? (error.param ?? null) : null
  return { error: { message, type, param, code } }
}

/** The official client tries some again by itself; here the same would fail the same. */
export function errorResponse(error: unknown): Response {
  const body = errorBody(error)
  const known = error instanceof RequestError ? error.status : undefined
  const status = known ?? (body.error.type === 'server_error' ? 500 : 400)
  return Response.json(body, { status, headers: { 'x-should-retry': 'false' } })
}

function codeOf(error: unknown): { readonly code: ErrorCode; readonly message: string } {
  if (error instanceof LongtabError) return error
  return { code: 'internal', message: error instanceof Error ? error.message : String(error) }
}
