// The files of a ZIP archive that is a folder of documents. An archive inside it is left out: nothing bounds what archives in
// archives unpack to.
import { comparePaths, isHidden } from '../files/folder_order.ts'
import { asOurs, unreadable } from './faults.ts'
import { tellFormat } from './tell_format.ts'
import { openZip, type Zip } from './zip.ts'

/** A file of a folder. */
export interface FolderFile {
  /** From the folder: `part 1/one.txt`. */
  readonly path: string
  /** The file by its own name. */
  readonly file: File
}

/** What a folder holds. */
export interface UnpackedFolder {
  /** In the order of their names, without hidden ones. */
  readonly files: readonly FolderFile[]
  /** What was left out, in sentences for people. */
  readonly notes: readonly string[]
}

/** Bytes that are gathered before the browser keeps them outside this thread's memory. */
const bytesPerPart = 2 ** 24

/**
 * Unpacks a whole folder. Undefined for what is no ZIP archive, or is a document in one, such as a book. Throws LongtabError
 * `bad-input` where the archive is damaged, locked or a bomb.
 */
export async function unpacked(blob: Blob): Promise<UnpackedFolder | undefined> {
  try {
    if ((await tellFormat(blob)) !== 'zip') return undefined
    const notes: string[] = []
    const files: FolderFile[] = []
    for await (const one of filesOfZip(await openZip(blob), notes)) files.push(one)
    return { files, notes }
  } catch (error) {
    throw asOurs(error, 'ZIP')
  }
}

/** @param notes is given a sentence for what is left out */
export async function* filesOfZip(zip: Zip, notes: string[]): AsyncGenerator<FolderFile> {
  for (const { name, path } of namesOfFolder(zip)) {
    const file = await fileOf(zip, name, path)
    if (await isArchive(file))
      notes.push(`Left out: ${path} is a ZIP archive inside another; unpack it and give it alone.`)
    else yield { path, file }
  }
}

/** In their order. Throws where there are none. */
export function namesOfFolder(zip: Zip): { readonly name: string; readonly path: string }[] {
  const names = zip.names
    .map((name) => ({ name, path: name.replaceAll('\\', '/') }))
    .filter(({ path }) => !path.endsWith('/') && !path.split('/').some(isHidden))
  if (names.length === 0)
    throw unreadable('is a ZIP archive of hidden files alone; give one with documents in it')
  return names.toSorted((a, b) => comparePaths(a.path, b.path))
}

async function fileOf(zip: Zip, name: string, path: string): Promise<File> {
  const parts: Blob[] = []
  let held: Uint8Array<ArrayBuffer>[] = []
  let bytes = 0
  for await (const part of zip.bytes(name)) {
    held.push(part)
    bytes += part.length
    if (bytes < bytesPerPart) continue
    parts.push(new Blob(held))
    held = []
    bytes = 0
  }
  return new File([...parts, ...held], path.slice(path.lastIndexOf('/') + 1))
}

/** What is damaged is told when it is opened. */
async function isArchive(file: File): Promise<boolean> {
  return (await tellFormat(file).catch(() => undefined)) === 'zip'
}
