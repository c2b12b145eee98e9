// A model that is one file, told by its name.
import type { ByteFile } from '../files/byte_file.ts'
import { formatOf } from './format_names.ts'
import type { ModelFiles } from './model_files.ts'

/** How a file of this name is opened as a model; undefined where it is none. */
export function modelOpener(name: string): ((file: ByteFile) => ModelFiles) | undefined {
  return formatOf(name)?.model
}
