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

/** The file's bytes, tensors in the order given. Throws RangeError when a shape does not match its values. */
export function writeSafetensors(
  tensors: readonly WritableTensor[],
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  const entries: [string, object][] = []
  if (Object.keys(metadata).length > 0) entries.push(['__metadata__', metadata])
  let end = 0
  for (const tensor of tensors) {
    requireShape(tensor)
    const start = end
    end += tensor.values.length * (tensor.dtype === 'F32' ? 4 : 2)
    const { dtype, shape } = tensor
    entries.push([tensor.name, { dtype, shape, data_offsets: [start, end] }])
  }
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(entries)))
  const header = Math.ceil(json.length / 8) * 8 // padded with spaces: the data start aligned
  const file = new Uint8Array(lengthBytes + header + end).fill(0x20, 0, lengthBytes + header)
  new DataView(file.buffer).setBigUint64(0, BigInt(header), true)
  file.set(json, lengthBytes)
  let offset = lengthBytes + header
  for (const tensor of tensors) {
    const stored = encode(tensor)
    file.set(stored, offset)
    offset += stored.length
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
