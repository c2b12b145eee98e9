// What a saved document is made of: named arrays, written one after the other.

export interface Part {
  readonly name: string
  readonly dtype: keyof typeof valueBytes
  /** outermost axis first */
  readonly shape: readonly number[]
  /** in portions of any size; a portion is valid until the next is asked for */
  bytes(): AsyncIterable<Uint8Array<ArrayBuffer>>
}

const valueBytes = { F64: 8, F32: 4, F16: 2, U32: 4, U8: 1 }

export function bytesOfPart({ dtype, shape }: Pick<Part, 'dtype' | 'shape'>): number {
  return shape.reduce((product, axis) => product * axis, valueBytes[dtype])
}

/** An array that is in memory. */
export function listPart(
  name: string,
  values: Float64Array<ArrayBuffer> | Uint32Array<ArrayBuffer>,
  shape: readonly number[] = [values.length],
): Part {
  const dtype = values instanceof Float64Array ? 'F64' : 'U32'
  async function* bytes() {
    yield new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
  }
  return { name, dtype, shape, bytes }
}

/** Bytes that a blob holds. */
export function blobPart(name: string, blob: Blob): Part {
  async function* bytes() {
    for (let at = 0; at < blob.size; at += sliceBytes)
      yield new Uint8Array(await blob.slice(at, at + sliceBytes).arrayBuffer())
  }
  return { name, dtype: 'U8', shape: [blob.size], bytes }
}

/** Bytes that are in memory at once, and have a hash of their own. */
export const sliceBytes = 4 * 2 ** 20

/** The same bytes in slices of `sliceBytes`; the last may be shorter. */
export async function* inSlices(
  portions: AsyncIterable<Uint8Array<ArrayBuffer>>,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  let slice = new Uint8Array(sliceBytes)
  let filled = 0
  for await (const portion of portions) {
    for (let taken = 0; taken < portion.length;) {
      const some = portion.subarray(taken, taken + sliceBytes - filled)
      slice.set(some, filled)
      taken += some.length
      filled += some.length
      if (filled < sliceBytes) continue
      yield slice
      slice = new Uint8Array(sliceBytes)
      filled = 0
    }
  }
  if (filled > 0) yield slice.subarray(0, filled)
}
