// The errors of documents.
import { LongtabError } from '../api/errors.ts'

/** What a document cannot be read for. @param what such as `is cut; fetch it again` */
export function unreadable(what: string, cause?: unknown): LongtabError {
  return new LongtabError('bad-input', `the document ${what}`, { cause })
}

/** The sentence of an error, with the document's name. */
export function withName(name: string, { message }: Error): string {
  return message.replace(/\bthe document\b/, name)
}

/** An error of a library, or of the file's storage, as one of ours. */
export function asOurs(error: unknown, format: string): LongtabError {
  if (error instanceof LongtabError) {
    return error.code === 'bad-file' ? new LongtabError('bad-input', error.message) : error
  }
  const { name, message } = error instanceof Error ? error : new Error(String(error))
  if (name === 'NotReadableError' || name === 'NotFoundError') {
    return unreadable('can no longer be read: it was moved or changed; give it again', error)
  }
  const reason = message.trim().replace(/[.;]$/, '')
  return unreadable(
    `is damaged or is no ${format} (${reason}); save it again with the program that made it`,
    error,
  )
}

/** Throws where a format that is parsed as a whole has more bytes than may be held. */
export function requireAtMost(bytes: number, most: number, format: string): void {
  if (bytes <= most) return
  const [has, may] = [bytes, most].map((count) => count.toLocaleString('en-US'))
  throw unreadable(`has ${has} bytes of ${format}, and at most ${may} are read; divide it`)
}
