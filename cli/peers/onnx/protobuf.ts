// Protocol Buffers, written: as much of the wire format as an ONNX model takes.

/** A field of a message. Whole numbers are varints; texts, bytes and messages have their length before them. */
export type Field = readonly [number: number, value: Value]

type Value = number | bigint | string | Uint8Array | Float | readonly Field[]

/** A number that is written as a float of four bytes. */
export class Float {
  readonly value: number
  constructor(value: number) {
    this.value = value
  }
}

const varint = 0
const lengthFirst = 2
const fourBytes = 5

/** The message's bytes, in pieces, so that weights are not copied. */
export function message(fields: readonly Field[]): readonly Uint8Array[] {
  return fields.flatMap(([number, value]) => {
    const tag = (wire: number) => varintOf(8 * number + wire)
    if (typeof value === 'number' || typeof value === 'bigint') {
      return [tag(varint), varintOf(value)]
    }
    if (value instanceof Float) {
      return [tag(fourBytes), new Uint8Array(Float32Array.of(value.value).buffer)]
    }
    const pieces = piecesOf(value)
    const length = pieces.reduce((sum, piece) => sum + piece.length, 0)
    return [tag(lengthFirst), varintOf(length), ...pieces]
  })
}

function piecesOf(value: string | Uint8Array | readonly Field[]): readonly Uint8Array[] {
  if (typeof value === 'string') return [new TextEncoder().encode(value)]
  return value instanceof Uint8Array ? [value] : message(value)
}

/** Seven bits to a byte, the lowest first. Negative numbers take 64 bits. */
function varintOf(value: number | bigint): Uint8Array {
  let left = BigInt.asUintN(64, BigInt(value))
  const bytes: number[] = []
  do {
    bytes.push(Number(left & 0x7fn) | (left > 0x7fn ? 0x80 : 0))
    left >>= 7n
  } while (left > 0n)
  return Uint8Array.from(bytes)
}
