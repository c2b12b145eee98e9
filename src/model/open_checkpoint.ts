// The weights of a model: in the one file that the model is, or in files of its folder.
import { LongtabError } from '../api/errors.ts'
import { folderContents } from '../files/folder_files.ts'
import type { Checkpoint } from './checkpoint.ts'
import { formats } from './formats.ts'
import type { ModelFiles } from './model_files.ts'

/** Reads headers only. Throws LongtabError `bad-file` where there are none, and as the formats do. */
export async function openCheckpoint(files: ModelFiles, signal?: AbortSignal): Promise<Checkpoint> {
  if (files.checkpoint !== undefined) return files.checkpoint(signal)
  const inFolders = Object.values(formats).flatMap(({ folder }) => folder ?? [])
  for (const folder of inFolders) {
    const found = await folder.open(files, signal)
    if (found !== undefined) return found
  }
  const names = inFolders.flatMap((folder) => folder.names)
  throw new LongtabError(
    'bad-file',
    `${files.folder} holds neither ${names.join(' nor ')}; ${folderContents}`,
  )
}
