// The files that the user chose, in the order in which they are read. Each is opened as what it is, one after the other; a ZIP
// of documents gives way to its files.
import { unpackFolder, type FileOptions, type UnpackedFolder } from '../../index.ts'
import { openText, withItsName, type DocumentText } from './document_text.ts'
import type { GivenFile } from './dropped_files.ts'

/** A file of the list; it is waiting where it has neither text nor fault. */
export interface ChosenFile extends GivenFile {
  readonly id: number
  readonly text?: DocumentText
  /** why it cannot be read */
  readonly fault?: unknown
}

/** A file that was opened. */
export type OpenedFile = ChosenFile & { readonly text: DocumentText }

export function isOpened(file: ChosenFile): file is OpenedFile {
  return file.text !== undefined
}

/** The title that the file gives itself, or its name. */
export function titleOf({ text, file }: ChosenFile): string {
  return text?.title ?? file.name
}

export interface ChosenFiles {
  all(): readonly ChosenFile[]
  /** on what folders held and is not among the files */
  notes(): readonly string[]
  /** At the end of the list. */
  add(given: readonly GivenFile[]): void
  /** @param by -1 or 1 places */
  move(id: number, by: number): void
  remove(id: number): void
  clear(): void
  /** Opens some of them again, with other choices of the user. */
  reopen(changes: FileOptions, which: (file: ChosenFile) => boolean): void
  options(): FileOptions
  /** Once none is waiting. */
  opened(): Promise<readonly ChosenFile[]>
}

interface Became {
  readonly files: readonly ChosenFile[]
  readonly notes?: readonly string[]
}

/** How files become texts; tests pretend it. */
export interface Opener {
  readonly open: (file: File, options: FileOptions, signal: AbortSignal) => Promise<DocumentText>
  readonly unpack: (file: File, signal: AbortSignal) => Promise<UnpackedFolder | undefined>
}

const opener: Opener = {
  open: (file, options, signal) => openText(file.name, file, options, signal),
  unpack: (file, signal) => withItsName(file.name, unpackFolder(file, signal)),
}

/** @param changed is told after every change */
export function createChosenFiles(
  changed: () => void,
  { open, unpack }: Opener = opener,
): ChosenFiles {
  let files: readonly ChosenFile[] = []
  let notes: readonly string[] = []
  let options: FileOptions = {}
  let lastId = 0
  let work: Promise<void> = Promise.resolve()
  /** the file that is being opened */
  let current: { readonly id: number; readonly stop: AbortController } | undefined

  const set = (next: readonly ChosenFile[]): void => {
    files = next
    changed()
  }
  const listed = (given: readonly GivenFile[]): ChosenFile[] =>
    given.map(({ file, path }) => ({ id: (lastId += 1), file, path }))

  /** What becomes of a file of the list. */
  const openOne = async ({ id, file, path }: ChosenFile): Promise<Became> => {
    const stop = new AbortController()
    current = { id, stop }
    try {
      const folder = await unpack(file, stop.signal)
      if (folder !== undefined) return { files: listed(folder.files), notes: folder.notes }
      return { files: [{ id, file, path, text: await open(file, options, stop.signal) }] }
    } catch (fault) {
      return { files: [{ id, file, path, fault }] }
    }
  }
  const openWaiting = async (): Promise<void> => {
    for (;;) {
      const next = files.find(isWaiting)
      if (next === undefined) return
      const became = await openOne(next)
      if (!files.includes(next)) continue // removed meanwhile, or to be opened otherwise
      notes = [...notes, ...(became.notes ?? [])]
      set(files.flatMap((one) => (one === next ? became.files : [one])))
    }
  }
  const begin = (next: readonly ChosenFile[]): void => {
    set(next)
    work = work.then(openWaiting)
  }
  const stop = (isMeant: (id: number) => boolean): void => {
    if (current !== undefined && isMeant(current.id)) current.stop.abort()
  }

  return {
    all: () => files,
    notes: () => notes,
    options: () => options,
    add: (given) => begin([...files, ...listed(given)]),
    move(id, by) {
      const from = files.findIndex((one) => one.id === id)
      const to = from + by
      if (from < 0 || to < 0 || to >= files.length) return
      const others = files.toSpliced(from, 1)
      set(others.toSpliced(to, 0, ...files.slice(from, from + 1)))
    },
    remove(id) {
      stop((one) => one === id)
      set(files.filter((one) => one.id !== id))
    },
    clear() {
      stop(() => true)
      notes = []
      options = {}
      set([])
    },
    reopen(changes, which) {
      options = { ...options, ...changes }
      const again = new Set(files.filter(which).map(({ id }) => id))
      stop((id) => again.has(id))
      begin(files.map((one) => (again.has(one.id) ? waiting(one) : one)))
    },
    async opened() {
      while (files.some(isWaiting)) await work
      return files
    },
  }
}

function isWaiting({ text, fault }: ChosenFile): boolean {
  return text === undefined && fault === undefined
}

function waiting({ id, file, path }: ChosenFile): ChosenFile {
  return { id, file, path }
}
