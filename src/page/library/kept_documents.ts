// Documents kept in the browser's private files (OPFS), each a file that `LongDocument.save` wrote. A list beside them, in the
// page's local storage, tells a file that the browser has deleted from one that never was.
import { describeSaved, LongtabError, type SavedDocument } from '../../index.ts'
import { formatBytes } from '../format.ts'
import { savedEnding } from '../saved_ending.ts'

export interface KeptDocument {
  /** names its file */
  readonly id: string
  readonly title: string
  readonly bytes: number
  readonly tokens: number
  /** 0…1 of the document that was read */
  readonly share: number
  /** what it was read with */
  readonly model: string
  /** ms since 1970 */
  readonly savedAt: number
  /** whether its file is not there any more */
  readonly isGone: boolean
}

export interface KeptDocuments {
  /** The newest first. */
  list(): Promise<KeptDocument[]>
  /**
   * Takes the place of the document of the same id, if there is one, once it is written whole.
   * Throws LongtabError `storage-full`; `bad-file` for what is no saved document. Nothing is left of what cannot be kept.
   */
  keep(file: Blob, id?: string): Promise<KeptDocument>
  /** Throws LongtabError `bad-file` for one that is gone. */
  open(document: KeptDocument): Promise<File>
  /** What is gone is taken off the list. */
  remove(id: string): Promise<void>
}

/** Where the list is kept. */
export type KeptList = Pick<Storage, 'getItem' | 'setItem'>

const listName = 'longtab documents'

/** The page's own folder for them. */
export async function keptDocumentsFolder(): Promise<FileSystemDirectoryHandle> {
  const root = await navigator.storage.getDirectory()
  return root.getDirectoryHandle('documents', { create: true })
}

type Listed = Omit<KeptDocument, 'isGone'>

export function openKeptDocuments(
  folder: FileSystemDirectoryHandle,
  listed: KeptList = localStorage,
): KeptDocuments {
  const readList = (): Listed[] => {
    try {
      const known = JSON.parse(listed.getItem(listName) ?? '[]') as Listed[]
      return known.map((one) => ({ ...one, share: (one as Partial<Listed>).share ?? 1 }))
    } catch {
      return [] // the files themselves say what they are
    }
  }
  const writeList = (documents: readonly Listed[]): void => {
    try {
      listed.setItem(listName, JSON.stringify(documents))
    } catch {
      // a full or forbidden local storage costs no more than notice of a file that is gone
    }
  }

  const files = async (): Promise<Map<string, File>> => {
    const found = new Map<string, File>()
    for await (const [name, handle] of folder) {
      if (name.endsWith(savedEnding) && handle instanceof FileSystemFileHandle)
        found.set(name.slice(0, -savedEnding.length), await handle.getFile())
    }
    return found
  }

  const remove = async (id: string): Promise<void> => {
    await folder.removeEntry(`${id}${savedEnding}`).catch(orMissing)
    writeList(readList().filter((document) => document.id !== id))
  }

  return {
    async list() {
      const found = await files()
      const known = readList()
      const fresh: Listed[] = []
      for (const [id, file] of found) {
        if (known.some((document) => document.id === id)) continue
        const told = await describeSaved(file).catch(() => undefined) // one that is damaged is not listed
        if (told) fresh.push(listing(id, told))
      }
      const all = [...known, ...fresh]
      if (fresh.length > 0) writeList(all)
      return all
        .map((document) => ({ ...document, isGone: !found.has(document.id) }))
        .sort((a, b) => b.savedAt - a.savedAt)
    },
    async keep(file, id = crypto.randomUUID()) {
      const told = await describeSaved(file)
      await requireRoom(file.size)
      const isNew = !(await files()).has(id)
      try {
        const handle = await folder.getFileHandle(`${id}${savedEnding}`, { create: true })
        const out = await handle.createWritable()
        await file.stream().pipeTo(out) // what is not written to its end is not there
      } catch (cause) {
        if (isNew) await remove(id)
        throw isFull(cause) ? await noRoom(file.size, cause) : cause
      }
      const document = listing(id, told)
      writeList([...readList().filter((one) => one.id !== id), document])
      return { ...document, isGone: false }
    },
    async open({ id, title }) {
      const handle = await folder.getFileHandle(`${id}${savedEnding}`).catch(orMissing)
      if (handle) return new File([await handle.getFile()], fileName(title))
      throw new LongtabError(
        'bad-file',
        `${title} is no longer in this browser, which has deleted its file to make room; import it from a file that you exported, or read it again`,
      )
    },
    remove,
  }
}

/** Of a file to export. */
export function fileName(title: string): string {
  const name = title.replaceAll(/[/\\:*?"<>|\p{Cc}\s]+/gu, ' ').trim()
  return `${name === '' ? 'document' : name}${savedEnding}`
}

function listing(
  id: string,
  { title, bytes, tokens, share, savedAt, model }: SavedDocument,
): Listed {
  return {
    id,
    title: title === '' ? 'Untitled' : title,
    bytes,
    tokens,
    share,
    savedAt,
    model: model.source,
  }
}

/** Passes where the browser does not report its quota. */
async function requireRoom(bytes: number): Promise<void> {
  const { quota, usage } = await navigator.storage.estimate()
  if (quota !== undefined && usage !== undefined && bytes > quota - usage) throw await noRoom(bytes)
}

async function noRoom(bytes: number, cause?: unknown): Promise<LongtabError> {
  const { quota = 0, usage = 0 } = await navigator.storage.estimate()
  return new LongtabError(
    'storage-full',
    `keeping this document needs ${formatBytes(bytes)} and this browser has ${formatBytes(Math.max(0, quota - usage))} left for this page; delete saved documents or stored models, or export it`,
    { cause },
  )
}

function isFull(cause: unknown): boolean {
  return cause instanceof Error && cause.name === 'QuotaExceededError'
}

/** Turns a missing file into undefined; other failures stay. */
function orMissing(error: unknown): undefined {
  if (error instanceof DOMException && error.name === 'NotFoundError') return undefined
  throw error
}
