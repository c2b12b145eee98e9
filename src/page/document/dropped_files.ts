// The files of a drop or of a paste, those inside folders with their paths.
import { comparePaths, isHidden, LongtabError } from '../../index.ts'

/** A file that the user gave. */
export interface GivenFile {
  readonly file: File
  /** from the folder that was dropped: `books/part 1/one.txt`; the bare name for a file that was dropped itself */
  readonly path: string
}

/** What the walk needs of an item of a transfer; `entry` is missing where a script made the transfer. */
type Item = Pick<DataTransferItem, 'kind' | 'getAsFile'> & {
  webkitGetAsEntry?(): FileSystemEntry | null
}

/**
 * Those of folders come in the order of their names. Hidden files are left out, which systems and version control put there.
 * Call it inside the event: a transfer is empty afterwards. Throws LongtabError `bad-input` where a folder cannot be read.
 */
export async function filesOf(items: Iterable<Item>): Promise<GivenFile[]> {
  const given = [...items]
    .filter(({ kind }) => kind === 'file')
    .map((item) => ({ entry: item.webkitGetAsEntry?.() ?? null, file: item.getAsFile() }))
  const files: GivenFile[] = []
  for (const { entry, file } of given) {
    if (entry?.isDirectory === true)
      files.push(...(await filesIn(entry as FileSystemDirectoryEntry)))
    else if (file !== null) files.push({ file, path: file.name })
  }
  return files
}

async function filesIn(folder: FileSystemDirectoryEntry): Promise<GivenFile[]> {
  const files: GivenFile[] = []
  const entries = (await entriesOf(folder)).filter(({ name }) => !isHidden(name))
  for (const entry of entries.toSorted((a, b) => comparePaths(a.name, b.name))) {
    if (entry.isDirectory) files.push(...(await filesIn(entry as FileSystemDirectoryEntry)))
    else files.push(await given(entry as FileSystemFileEntry))
  }
  return files
}

/** A reader gives a folder's entries in parts, the last of them empty. */
async function entriesOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader()
  const all: FileSystemEntry[] = []
  for (;;) {
    const part = await asked<FileSystemEntry[]>(folder, (done, failed) =>
      reader.readEntries(done, failed),
    )
    if (part.length === 0) return all
    all.push(...part)
  }
}

async function given(entry: FileSystemFileEntry): Promise<GivenFile> {
  const file = await asked<File>(entry, (done, failed) => entry.file(done, failed))
  return { file, path: entry.fullPath.replace(/^\//, '') }
}

async function asked<Found>(
  { fullPath }: FileSystemEntry,
  ask: (done: (found: Found) => void, failed: (error: Error) => void) => void,
): Promise<Found> {
  try {
    return await new Promise<Found>(ask)
  } catch (cause) {
    throw new LongtabError(
      'bad-input',
      `${fullPath.replace(/^\//, '')} cannot be read: it was moved, or this browser may not open it; drop it again`,
      { cause },
    )
  }
}
