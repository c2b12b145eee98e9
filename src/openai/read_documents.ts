// The document that requests are about. The one that was read last stays, and a request about the same content finds it there.
import {
  digest,
  fileText,
  joinTexts,
  passagePlace,
  type LongDocument,
  type Model,
  type Passage,
  type Places,
  type ReadOptions,
} from '../index.ts'
import type { DocumentPart } from './conversation.ts'

/** How documents are read, whoever asks for it. */
export type Reading = Omit<ReadOptions, 'form' | 'signal' | 'onProgress' | 'checkpoints'>

export interface Opened {
  readonly document: LongDocument
  /** whether it had been read for an earlier request */
  readonly wasRead: boolean
  /** the same passage with where in its file it stands */
  readonly placed: (passage: Passage) => Passage
}

export interface Documents {
  /** Throws LongtabError as `Model.read` does. @param parts several are read as one, each behind its name */
  open(
    parts: readonly DocumentPart[],
    reading: Reading,
    call: Pick<ReadOptions, 'signal' | 'onProgress'>,
  ): Promise<Opened>
  /** Has the next request read its document again. */
  forget(): void
}

export function createDocuments(model: Model): Documents {
  let last: { readonly name: string; readonly opened: Opened } | undefined
  return {
    async open(parts, reading, call) {
      const name = JSON.stringify([
        await Promise.all(parts.map((part) => nameOf(part, call.signal))),
        reading,
      ])
      if (last?.name === name) return { ...last.opened, wasRead: true }
      last = undefined // reading closes it
      const { blob, how, places } = await asOne(parts, reading, call.signal)
      const document = await model.read(blob, { ...how, ...call })
      const placed = (passage: Passage): Passage =>
        places ? { ...passage, ...passagePlace(passage, places) } : passage
      last = { name, opened: { document, wasRead: false, placed } }
      return last.opened
    },
    forget: () => {
      last = undefined
    },
  }
}

async function nameOf(
  { name, content }: DocumentPart,
  signal: AbortSignal | undefined,
): Promise<string> {
  return `${name ?? ''} ${await digest(content, signal)}`
}

interface One {
  readonly blob: Blob
  readonly how: Reading
  /** undefined where the blob has its own */
  readonly places?: Places
}

async function asOne(
  parts: readonly DocumentPart[],
  how: Reading,
  signal: AbortSignal | undefined,
): Promise<One> {
  const files = parts.map(
    ({ name, content }, i) =>
      new File([content], name ?? `Document ${i + 1}`, { type: content.type }),
  )
  const [only] = files
  if (only !== undefined && files.length === 1) return { blob: only, how }
  const texts = []
  for (const file of files) {
    const text = await fileText(file, how, signal)
    const { length } = await text.blob.text()
    texts.push({ ...text, path: file.name, length })
  }
  return { ...joinTexts(texts), how: { ...how, format: 'text', encoding: 'utf-8' } }
}
