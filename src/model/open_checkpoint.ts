// The weights of a model: in the one file that the model is, or in files of its folder.
import { LongtabError } from '../api/errors.ts'
import type { Checkpoint } from './checkpoint.ts'
import { folderContents } from './folder_advice.ts'
import { weightsInFolder } from './format_names.ts'
import { formats } from './formats.ts'
import type { ModelFiles } from './model_files.ts'

/** Reads headers only. Throws LongtabError `bad-file` where there are none, and as the formats do. */
export async function openCheckpoint(files: ModelFiles, signal?: AbortSignal): Promise<Checkpoint> {
  if (files.checkpoint !== undefined) return files.checkpoint(signal)
  for (const { folder } of formats) {
    const found = await folder?.open(files, signal)
    if (found !== undefined) return found
  }
  throw new LongtabError(
    'bad-file',
    `${files.folder} holds neither ${weightsInFolder.join(' nor ')}; ${folderContents}`,
  )
}
