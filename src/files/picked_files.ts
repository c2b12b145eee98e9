// A model's folder made of picked or dropped files.
import { LongtabError, throwIfAborted } from '../api/errors.ts'
import { blobBytes, blobFile } from './blob_file.ts'
import type { OnBytes } from './byte_file.ts'
import { decodeText, type FolderAdvice, type FolderFiles } from './folder_files.ts'

export function pickedFiles(
  picked: readonly File[],
  onBytes: OnBytes,
  { contents }: FolderAdvice,
): FolderFiles {
  const folder = modelFolder(picked, contents)
  const files = new Map(
    picked
      .filter((file) => path(file).startsWith(folder))
      .map((file) => [path(file).slice(folder.length), file] as const),
  )
  const find = (name: string): File => {
    const file = files.get(name)
    if (file !== undefined) return file
    throw new LongtabError('bad-file', `${name} is not among the picked files; ${contents}`)
  }
  return {
    folder: folder === '' ? 'the picked files' : folder,
    has: (name) => Promise.resolve(files.has(name)),
    names: () => Promise.resolve([...files.keys()]),
    async text(name, signal) {
      throwIfAborted(signal, `reading ${name}`)
      const bytes = await blobBytes(find(name), name)
      onBytes(bytes.length)
      return decodeText(bytes, name)
    },
    file: (name) => blobFile(find(name), name, onBytes),
  }
}

/** `models/tiny/config.json` for a file out of a picked folder; otherwise, and always in Node, the bare name. */
function path(file: File): string {
  return file.webkitRelativePath || file.name
}

/** The outermost folder with a config.json, slash included; '' for loose files. */
function modelFolder(picked: readonly File[], contents: string): string {
  const folders = picked
    .map(path)
    .filter((name) => name === 'config.json' || name.endsWith('/config.json'))
    .map((name) => name.slice(0, -'config.json'.length))
    .sort((a, b) => depth(a) - depth(b))
  const [first, second] = folders
  if (first === undefined) {
    throw new LongtabError(
      'bad-file',
      `config.json is not among the ${picked.length} picked files; ${contents}`,
    )
  }
  if (second !== undefined && depth(second) === depth(first)) {
    throw new LongtabError(
      'bad-file',
      `the picked files hold several models (${first || 'config.json'} and ${second || 'config.json'}); pick the folder of one`,
    )
  }
  return first
}

function depth(folder: string): number {
  return folder.split('/').length
}
