// A file format of weights: what its files are called, what they can stand for, and how they are opened. A further format is
// one more folder with a format.ts, and a line in formats.ts.
import type { ByteFile } from '../files/byte_file.ts'
import type { Checkpoint } from './checkpoint.ts'
import type { ModelFiles } from './model_files.ts'

export interface Format {
  /** as its users call it */
  readonly name: string
  /** of its files' names, with the dot */
  readonly ending: string
  /** A whole model in one file, in the role of the model's folder. */
  readonly model?: (file: ByteFile) => ModelFiles
  /** The weights in a model's folder. */
  readonly folder?: {
    /** files of the folder, for messages */
    readonly names: readonly string[]
    /** the same in words: what a folder holds beside config.json and tokenizer.json */
    readonly contents: string
    /** Reads headers only. Undefined where the folder has none of the files. */
    open(files: ModelFiles, signal?: AbortSignal): Promise<Checkpoint | undefined>
  }
  /** Tensors in a single file, such as retaining heads. */
  readonly tensors?: {
    /** whether a file that begins so is of this format; left out where the format has no mark */
    readonly begins?: (prefix: Uint8Array) => boolean
    /** Reads headers only. */
    open(file: ByteFile, signal?: AbortSignal): Promise<Checkpoint>
  }
}
