// A tensor as slices of whole rows, whatever pieces its bytes arrive in.
import { throwIfAborted } from '../api/errors.ts'
import { readAll, type ByteFile } from '../files/byte_file.ts'

/** Of f32 values. A row beyond this is a slice of its own. */
export const sliceBytes = 4 << 20

/** Where a tensor lies in its file. */
export interface StoredTensor {
  readonly name: string
  /** outermost axis first; the last one is a row's */
  readonly shape: readonly number[]
  /** offset in the file */
  readonly start: number
  readonly bytes: number
}

/** Consecutive rows as the file stores them. */
export interface StoredRows {
  /** index of the first row in the slice */
  readonly first: number
  readonly rows: number
  /** from the start of its buffer, which the next slice overwrites */
  readonly stored: Uint8Array<ArrayBuffer>
}

/** @param together rows that may not be parted: a slice holds a multiple of them */
export async function* readStoredRows(
  file: ByteFile,
  { name, shape, start, bytes }: StoredTensor,
  together: number,
  signal?: AbortSignal,
): AsyncGenerator<StoredRows> {
  if (bytes === 0) return
  const all = shape.slice(0, -1).reduce((product, axis) => product * axis, 1)
  const rowBytes = bytes / all
  const valueBytes = 4 * (shape.at(-1) ?? 1) * together
  const most = Math.min(all, together * Math.max(1, Math.floor(sliceBytes / valueBytes)))
  const slice = new Uint8Array(most * rowBytes) // (most) rows
  let first = 0
  let filled = 0
  // a vector may be wanted by itself, long before the matrices beside it
  const isVector = shape.length === 1
  const pieces = isVector
    ? [file.part(start, start + bytes, signal)]
    : file.read(start, start + bytes, signal)
  for await (const piece of pieces) {
    for (let taken = 0; taken < piece.length;) {
      const rows = Math.min(most, all - first)
      const part = piece.subarray(taken, taken + rows * rowBytes - filled)
      slice.set(part, filled)
      filled += part.length
      taken += part.length
      if (filled < rows * rowBytes) continue
      yield { first, rows, stored: slice.subarray(0, filled) }
      throwIfAborted(signal, `reading tensor ${name}`)
      first += rows
      filled = 0
    }
  }
}

/** Single rows, each a slice. @param rows indices; ascending ones are read fastest */
export async function* readStoredRowsAt(
  file: ByteFile,
  { shape, start, bytes }: StoredTensor,
  rows: readonly number[],
  signal?: AbortSignal,
): AsyncGenerator<StoredRows> {
  const all = shape.slice(0, -1).reduce((product, axis) => product * axis, 1)
  const rowBytes = bytes / all
  for (const row of rows) {
    const from = start + row * rowBytes
    yield { first: row, rows: 1, stored: await readAll(file, from, from + rowBytes, signal) }
  }
}
