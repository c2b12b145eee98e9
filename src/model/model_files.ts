// A model's folder, and where its tensors are.
import type { ModelDescription } from '../api/description.ts'
import type { FolderFiles } from '../files/folder_files.ts'
import type { Checkpoint } from './checkpoint.ts'

export interface ModelFiles extends FolderFiles {
  /** The tensors of a model that is one file, and not a folder of files. */
  checkpoint?(signal?: AbortSignal): Promise<Checkpoint>
  /** See ModelDescription. */
  codes?(signal?: AbortSignal): Promise<ModelDescription['codes']>
}
