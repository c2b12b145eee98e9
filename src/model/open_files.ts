// From what the user named or picked to its files, read where they lie and kept nowhere.
import type { HeadsSource, ModelSource } from '../api.ts'
import { openSources } from '../hub/sources.ts'
import type { Place } from '../hub/place.ts'
import type { ByteFile, OnBytes } from './byte_file.ts'
import type { ModelFiles } from './files.ts'

/** See Sources. */
export function openFiles(source: ModelSource | Place, onBytes: OnBytes): ModelFiles {
  return openSources(onBytes).folder(source)
}

/** See Sources. */
export function openFile(source: HeadsSource, name: string, onBytes: OnBytes): ByteFile {
  return openSources(onBytes).file(source, name)
}
