// Uploaded files: handles by which requests name a document without sending it again. They are kept in memory, as the model is.
import { digest } from '../index.ts'
import type { FindFile } from './conversation.ts'
import { RequestError } from './request_error.ts'

/** What is known of an uploaded file. */
export interface FileObject {
  /** Names it to requests. The same content under the same name has the same id. */
  id: string
  /** Says what it is. */
  object: 'file'
  /** Bytes. */
  bytes: number
  /** Seconds since 1970 at which it came. */
  created_at: number
  /** Its name. */
  filename: string
  /** What it is for; Longtab reads files of any purpose. */
  purpose: 'user_data'
  /** That it is there. */
  status: 'processed'
}

/** A file to keep. */
export interface FileCreateParams {
  /** A document of any `DocumentFormat`. */
  file: Blob
  /** Is taken and not used. Default: `user_data`. */
  purpose?: string
}

/** All files that are kept. */
export interface FileList {
  /** Says what it is. */
  object: 'list'
  /** The files, the oldest first. */
  data: FileObject[]
  /** Whether there are more: never. */
  has_more: false
}

/** A file that is gone. */
export interface FileDeleted {
  /** Its id. */
  id: string
  /** Says what it was. */
  object: 'file'
  /** That it is gone. */
  deleted: true
}

/** Files that requests name by their ids. They are gone when the page, or the server, is. */
export interface Files {
  /**
   * Keeps a file. It is read when a request first names it.
   * @throws LongtabError `bad-input` for what is no file.
   */
  create(params: FileCreateParams): Promise<FileObject>
  /**
   * Lists what is kept, the oldest first.
   * @throws Nothing.
   */
  list(): Promise<FileList>
  /**
   * Tells of one.
   * @throws LongtabError `bad-input` for an id that is not there.
   */
  retrieve(id: string): Promise<FileObject>
  /**
   * Gives its bytes.
   * @throws LongtabError `bad-input` for an id that is not there.
   */
  content(id: string): Promise<Blob>
  /**
   * Forgets a file. Whoever reads it goes on.
   * @throws LongtabError `bad-input` for an id that is not there.
   */
  delete(id: string): Promise<FileDeleted>
}

export interface KeptFiles extends Files {
  readonly find: FindFile
}

export function createFiles(): KeptFiles {
  const kept = new Map<string, { readonly about: FileObject; readonly file: Blob }>()
  const named = (id: string, param?: string) => {
    const found = kept.get(id)
    if (found !== undefined) return found
    const where = { status: 404, ...(param !== undefined && { param }) }
    throw new RequestError('bad-input', `there is no file ${id}; upload it first`, where)
  }
  return {
    async create({ file }) {
      if (!(file instanceof Blob))
        throw new RequestError('bad-input', 'file is missing; send one', { param: 'file' })
      const filename = file instanceof File ? file.name : 'document'
      const id = `file-${(await digest(new Blob([filename, '\n', file]))).slice(0, 24)}`
      const about: FileObject = {
        ...{ id, object: 'file', bytes: file.size, created_at: seconds(), filename },
        ...{ purpose: 'user_data', status: 'processed' },
      }
      kept.set(id, { about, file })
      return about
    },
    list: async () => ({
      object: 'list',
      data: [...kept.values()].map(({ about }) => about),
      has_more: false,
    }),
    retrieve: async (id) => named(id).about,
    content: async (id) => named(id).file,
    async delete(id) {
      named(id)
      kept.delete(id)
      return { id, object: 'file', deleted: true }
    },
    find(id, param) {
      const { about, file } = named(id, param)
      return { name: about.filename, content: file }
    },
  }
}

/** Seconds since 1970, as OpenAI's API counts. */
export function seconds(): number {
  return Math.floor(Date.now() / 1000)
}
