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

export async function* readRows(
  file: ByteFile,
  tensor: FloatTensor,
  signal?: AbortSignal,
): AsyncGenerator<RowSlice> {
  const decode = Object.hasOwn(decoders, tensor.dtype) ? decoders[tensor.dtype] : undefined
  if (decode === undefined) {
    throw new LongtabError(
      'bad-file',
      `tensor ${tensor.name} is stored as ${tensor.dtype}; only ${Object.keys(decoders).join(', ')} can be read`,
    )
  }
  const width = tensor.shape.at(-1) ?? 1
  for await (const { first, rows, stored } of readStoredRows(file, tensor, 1, signal)) {
    const values = new Float32Array(rows * width) // (rows, width)
    decode(stored, values)
    yield { first, values }
  }
}
