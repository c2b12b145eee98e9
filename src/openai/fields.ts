// Fields of what may be anything JSON can say.
import { nearest } from './nearest.ts'
import { RequestError } from './request_error.ts'

export type Fields = Readonly<Record<string, unknown>>

/** Throws RequestError for what is no object, and for a field that is not known. @param at its place in the request */
export function fieldsOf(value: unknown, at: string, known: readonly string[]): Fields {
  if (!isFields(value)) throw wrong(at, `must be an object with ${known.join(', ')}`)
  const other = Object.keys(value).find((name) => !known.includes(name))
  if (other === undefined) return value
  const sentence = `there is no ${at}.${other}; the nearest is ${nearest(other, known)}`
  throw new RequestError('bad-setting', sentence, { param: at })
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function wrong(param: string, what: string): RequestError {
  return new RequestError('bad-setting', `${param} ${what}`, { param })
}
