// From what the user named to a folder of files, or a GGUF file in the role of one.
import type { ModelSource } from '../api.ts'
import { blobFile } from './blob_file.ts'
import type { OnBytes } from './byte_file.ts'
import type { ModelFiles } from './files.ts'
import { ggufFiles } from './gguf/files.ts'
import { pickedFiles } from './picked_files.ts'
import { absolute, servedFiles } from './served_files.ts'
import { UrlFile } from './url_file.ts'

/** Asks nothing of a server yet. Throws LongtabError when the picked files hold no model, or several. */
export function openFiles(source: ModelSource, onBytes: OnBytes): ModelFiles {
  if (typeof source === 'string' || source instanceof URL) {
    const url = absolute(source)
    return isGguf(url.pathname)
      ? ggufFiles(new UrlFile(url, onBytes))
      : servedFiles(source, onBytes)
  }
  const [only, ...others] = source
  return only && others.length === 0 && isGguf(only.name)
    ? ggufFiles(blobFile(only, only.name, onBytes))
    : pickedFiles(source, onBytes)
}

function isGguf(name: string): boolean {
  return name.toLowerCase().endsWith('.gguf')
}
