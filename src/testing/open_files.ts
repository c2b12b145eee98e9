// Opens named or picked files without storing them.
import type { HeadsSource, ModelSource } from '../api/model.ts'
import { openSources } from '../model/sources.ts'
import type { ModelLocation } from '../files/location.ts'
import type { ByteFile, OnBytes } from '../files/byte_file.ts'
import type { ModelFiles } from '../model/model_files.ts'

/** See Sources. */
export function openFiles(source: ModelSource | ModelLocation, onBytes: OnBytes): ModelFiles {
  return openSources(onBytes).folder(source)
}

/** See Sources. */
export function openFile(source: HeadsSource, name: string, onBytes: OnBytes): ByteFile {
  return openSources(onBytes).file(source, name)
}
