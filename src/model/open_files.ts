// From what the user named to a folder of files.
import type { ModelSource } from '../api.ts'
import type { OnBytes } from './byte_file.ts'
import type { ModelFiles } from './files.ts'
import { pickedFiles } from './picked_files.ts'
import { servedFiles } from './served_files.ts'

/** Asks nothing of a server yet. Throws LongtabError when the picked files hold no model, or several. */
export function openFiles(source: ModelSource, onBytes: OnBytes): ModelFiles {
  return typeof source === 'string' || source instanceof URL
    ? servedFiles(source, onBytes)
    : pickedFiles(source, onBytes)
}
