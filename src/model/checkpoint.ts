// A checkpoint as the engine sees it: tensors by name, read as rows of f32 in bounded slices, from safetensors files
// or a GGUF file.
import type { MatrixStorage } from '../api/settings.ts'

export interface TensorEntry {
  readonly name: string
  /** outermost axis first */
  readonly shape: readonly number[]
  /** of the tensor in the file: what reading it downloads */
  readonly bytes: number
  /** the type that its values are stored as, where that cannot be read; left out where it can */
  readonly unreadable?: string | undefined
}

/** Consecutive whole rows of a tensor; a vector counts as one row. */
export interface RowSlice {
  /** index of the first row in the slice */
  readonly first: number
  /** (rows, width), row-major */
  readonly values: Float32Array
}

/** Consecutive rows of a matrix in the form that the GPU stores: see matrix.ts. */
export interface PackedRows {
  readonly first: number
  readonly rows: number
  /** (rows) of codes, of scales */
  readonly codes: Uint8Array
  readonly scales: Uint8Array
}

export interface Checkpoint {
  /**
   * In file order, shard by shard. Reading tensors in this order costs one pass over each file, which is all that a server
   * without range requests allows. Any other order works too, with more requests or passes.
   */
  readonly tensors: ReadonlyMap<string, TensorEntry>
  /** what the file says of itself, in formats that have a place for it */
  readonly metadata?: Readonly<Record<string, string>>
  /**
   * Streams a tensor's rows in order, each slice at most a few MiB, so that no file is ever held whole.
   * Throws LongtabError `bad-file` when the tensor is missing or the bytes end early, `network` when the transfer fails,
   * `aborted` when the signal fires.
   */
  rows(name: string, signal?: AbortSignal): AsyncIterable<RowSlice>
  /**
   * Single rows of a tensor, each a slice, whose place is its index: for tables that stay in the file. Throws as `rows` does.
   * @param rows indices; ascending ones are read fastest
   */
  rowsAt(name: string, rows: readonly number[], signal?: AbortSignal): AsyncIterable<RowSlice>
  /** All rows without a detour through floats, where the file's own codes are those of this storage. */
  packedRows?(
    name: string,
    storage: MatrixStorage,
    signal?: AbortSignal,
  ): AsyncIterable<PackedRows> | undefined
  /** drops connections left open between reads, which open again; call it when loading ends, well or not */
  close(): void
}
