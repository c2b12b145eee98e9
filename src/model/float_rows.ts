// A tensor stored as floats, as slices of f32 rows.
import { LongtabError } from '../api/errors.ts'
import type { ByteFile } from '../files/byte_file.ts'
import type { RowSlice } from './checkpoint.ts'
import { floats, type Decode } from './floats.ts'
import { readStoredRows, type StoredTensor } from './stored_rows.ts'

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

export async function* readRows(
  file: ByteFile,
  tensor: FloatTensor,
  signal?: AbortSignal,
): AsyncGenerator<RowSlice> {
  const decode = isReadable(tensor.dtype) ? decoders[tensor.dtype] : undefined
  if (decode === undefined) refuseType(tensor.name, tensor.dtype)
  const width = tensor.shape.at(-1) ?? 1
  for await (const { first, rows, stored } of readStoredRows(file, tensor, 1, signal)) {
    const values = new Float32Array(rows * width) // (rows, width)
    decode(stored, values)
    yield { first, values }
  }
}
