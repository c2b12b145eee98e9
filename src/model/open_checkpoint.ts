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
  await requireAccess(files, signal)
  throw new LongtabError(
    'bad-file',
    `${files.folder} holds neither ${weightsInFolder.join(' nor ')}; ${folderContents}`,
  )
}

/** Where a server forbids what it does not have, a file that it forbids looks like a missing one: its own answer says more. */
async function requireAccess(files: ModelFiles, signal?: AbortSignal): Promise<void> {
  for (const name of weightsInFolder) {
    try {
      const file = files.file(name)
      await file.size(signal)
      file.close()
    } catch (error) {
      if (error instanceof LongtabError && error.code === 'no-access') throw error
    }
  }
}
