// A model's folder, and where its tensors are.
import type { FolderFiles } from '../files/folder_files.ts'
import type { Checkpoint } from './checkpoint.ts'

export interface ModelFiles extends FolderFiles {
  /** The tensors, where they do not lie in safetensors files of the folder: those of a GGUF file. */
  checkpoint?(signal?: AbortSignal): Promise<Checkpoint>
}
