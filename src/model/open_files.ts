// From what the user named or picked to a folder of files, a GGUF file in the role of one, or a single file.
import type { HeadsSource, ModelSource } from '../api.ts'
import { blobFile } from './blob_file.ts'
import type { ByteFile, OnBytes } from './byte_file.ts'
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

/**
 * A file beside the model's folder: retaining heads, a compressor.
 * @param name for messages, of one picked without a name
 */
export function openFile(source: HeadsSource, name: string, onBytes: OnBytes): ByteFile {
  if (!(source instanceof Blob)) return new UrlFile(absolute(source), onBytes)
  return blobFile(source, source instanceof File ? source.name : name, onBytes)
}

function isGguf(name: string): boolean {
  return name.toLowerCase().endsWith('.gguf')
}
