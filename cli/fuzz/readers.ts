// Every reader of foreign bytes, by its name on the command line.
import type { Reader } from './reader.ts'
import { documents } from './readers/documents.ts'
import { models } from './readers/models.ts'
import { requests } from './readers/requests.ts'
import { texts } from './readers/texts.ts'

export const readers: Readonly<Record<string, Reader>> = {
  ...models,
  ...texts,
  ...documents,
  ...requests,
}

/** Throws where there is none. */
export function readerNamed(name: string): Reader {
  const reader = Object.hasOwn(readers, name) ? readers[name] : undefined
  if (reader === undefined) throw new Error(`there is no reader ${name}`)
  return reader
}
