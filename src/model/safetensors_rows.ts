// A stored tensor as slices of f32 rows, whatever pieces its bytes arrive in.
import { LongtabError, throwIfAborted } from '../errors.ts'
import type { ByteFile } from './byte_file.ts'
import type { RowSlice } from './checkpoint.ts'
import { fromBrain, fromHalf } from './half.ts'
import type { StoredTensor } from './safetensors_header.ts'

/** Of f32 values. A row beyond this is a slice of its own. */
export const sliceBytes = 4 << 20

/** Fills `values` (n) from `stored`, n little-endian values of the file's own type. */
type Decode = (stored: Uint8Array<ArrayBuffer>, values: Float32Array) => void

interface Dtype {
  readonly bytesPerValue: number
  readonly decode: Decode
}

const dtypes: Readonly<Record<string, Dtype>> = {
  F32: {
    bytesPerValue: 4,
    decode: (stored, values) => values.set(new Float32Array(stored.buffer, 0, values.length)),
  },
  F16: {
    bytesPerValue: 2,
    decode: (stored, values) => fromHalf(new Uint16Array(stored.buffer, 0, values.length), values),
  },
  BF16: {
    bytesPerValue: 2,
    decode: (stored, values) => fromBrain(new Uint16Array(stored.buffer, 0, values.length), values),
  },
}

export async function* readRows(
  file: ByteFile,
  tensor: StoredTensor,
  signal?: AbortSignal,
): AsyncGenerator<RowSlice> {
  const dtype = dtypes[tensor.dtype]
  if (dtype === undefined) {
    throw new LongtabError(
      'bad-file',
      `tensor ${tensor.name} is stored as ${tensor.dtype}; only ${Object.keys(dtypes).join(', ')} can be read`,
    )
  }
  const width = tensor.shape.at(-1) ?? 1
  const rows = width === 0 ? 0 : tensor.bytes / dtype.bytesPerValue / width
  const rowBytes = width * dtype.bytesPerValue
  const rowsPerSlice = Math.min(rows, Math.max(1, Math.floor(sliceBytes / (4 * width))))
  const stored = new Uint8Array(rowsPerSlice * rowBytes) // (rowsPerSlice, width) of the file's type
  let first = 0
  let filled = 0
  for await (const bytes of file.read(tensor.start, tensor.start + tensor.bytes, signal)) {
    for (let taken = 0; taken < bytes.length;) {
      const sliceRows = Math.min(rowsPerSlice, rows - first)
      const piece = bytes.subarray(taken, taken + sliceRows * rowBytes - filled)
      stored.set(piece, filled)
      filled += piece.length
      taken += piece.length
      if (filled < sliceRows * rowBytes) continue
      const values = new Float32Array(sliceRows * width) // (sliceRows, width)
      dtype.decode(stored, values)
      yield { first, values }
      throwIfAborted(signal, `reading tensor ${tensor.name}`)
      first += sliceRows
      filled = 0
    }
  }
}
