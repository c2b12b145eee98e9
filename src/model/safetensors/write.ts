// Tensors → the bytes of a safetensors file.
import { toBrain, toHalf } from '../half.ts'
import { lengthBytes } from './header.ts'

export interface WritableTensor {
  readonly name: string
  /** outermost axis first */
  readonly shape: readonly number[]
  /** row-major */
  readonly values: Float32Array
  /** how the values are stored */
  readonly dtype: 'F32' | 'F16' | 'BF16'
}

/** A tensor of the header. */
interface DescribedTensor {
  readonly name: string
  readonly dtype: string
  /** outermost axis first */
  readonly shape: readonly number[]
  readonly bytes: number
}

/** Everything before the tensors' bytes, which follow in the order given. */
export function headerBytes(
  tensors: readonly DescribedTensor[],
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  const entries: [string, object][] = []
  if (Object.keys(metadata).length > 0) entries.push(['__metadata__', metadata])
  let end = 0
  for (const { name, dtype, shape, bytes } of tensors) {
    const start = end
    end += bytes
    entries.push([name, { dtype, shape, data_offsets: [start, end] }])
  }
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(entries)))
  const length = Math.ceil(json.length / 8) * 8 // padded with spaces: the data start aligned
  const header = new Uint8Array(lengthBytes + length).fill(0x20)
  new DataView(header.buffer).setBigUint64(0, BigInt(length), true)
  header.set(json, lengthBytes)
  return header
}

/** The file's bytes, tensors in the order given. Throws RangeError when a shape does not match its values. */
export function writeSafetensors(
  tensors: readonly WritableTensor[],
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  for (const tensor of tensors) requireShape(tensor)
  const stored = tensors.map(encode)
  const header = headerBytes(
    tensors.map((tensor, i) => ({ ...tensor, bytes: stored[i]?.length ?? 0 })),
    metadata,
  )
  const file = new Uint8Array(stored.reduce((sum, { length }) => sum + length, header.length))
  file.set(header)
  let offset = header.length
  for (const bytes of stored) {
    file.set(bytes, offset)
    offset += bytes.length
  }
  return file
}

function encode({ dtype, values }: WritableTensor): Uint8Array {
  if (dtype === 'F32') return new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
  const stored = new Uint16Array(values.length)
  if (dtype === 'F16') toHalf(values, stored)
  else toBrain(values, stored)
  return new Uint8Array(stored.buffer)
}

function requireShape({ name, shape, values }: WritableTensor): void {
  const count = shape.reduce((product, axis) => product * axis, 1)
  if (count !== values.length) {
    throw new RangeError(
      `tensor ${name} of shape (${shape.join(', ')}) needs ${count} values, not ${values.length}`,
    )
  }
}
