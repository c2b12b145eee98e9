// A tensor stored as floats, as slices of f32 rows.
import { LongtabError } from '../api/errors.ts'
import type { ByteFile } from '../files/byte_file.ts'
import type { RowSlice } from './checkpoint.ts'
import { floats, type Decode } from './floats.ts'
import {
  readStoredRows,
  readStoredRowsAt,
  type StoredRows,
  type StoredTensor,
} from './stored_rows.ts'

export interface FloatTensor extends StoredTensor {
  /** F32, F16 or BF16; of any other the values cannot be read */
  readonly dtype: string
}

const decoders: Readonly<Record<string, Decode>> = floats

export function isReadable(dtype: string): boolean {
  return Object.hasOwn(decoders, dtype)
}

/** Throws LongtabError `bad-file` naming the tensor and the type its values are stored as. */
export function refuseType(name: string, dtype: string): never {
  throw new LongtabError(
    'bad-file',
    `tensor ${name} is stored as ${dtype}; only ${Object.keys(decoders).join(', ')} can be read`,
  )
}

export function readRows(
  file: ByteFile,
  tensor: FloatTensor,
  signal?: AbortSignal,
): AsyncGenerator<RowSlice> {
  return decoded(tensor, readStoredRows(file, tensor, 1, signal))
}

/** See Checkpoint.rowsAt. */
export function readRowsAt(
  file: ByteFile,
  tensor: FloatTensor,
  rows: readonly number[],
  signal?: AbortSignal,
): AsyncGenerator<RowSlice> {
  return decoded(tensor, readStoredRowsAt(file, tensor, rows, signal))
}

async function* decoded(
  { name, dtype, shape }: FloatTensor,
  slices: AsyncIterable<StoredRows>,
): AsyncGenerator<RowSlice> {
  const decode = isReadable(dtype) ? decoders[dtype] : undefined
  if (decode === undefined) refuseType(name, dtype)
  const width = shape.at(-1) ?? 1
  for await (const { first, rows, stored } of slices) {
    const values = new Float32Array(rows * width) // (rows, width)
    decode(stored, values)
    yield { first, values }
  }
}
