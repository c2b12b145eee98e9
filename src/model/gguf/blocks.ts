// The block formats of GGUF: how bytes become weights. Definitions: ggml's `ggml-common.h` and `ggml-quants.c`, and the
// Python package `gguf` (quants.py), against which every one of them is tested.
import { floats, type Decode } from '../floats.ts'
import { fromOneHalf } from '../half.ts'

/** Blocks of one tensor type. */
export interface BlockFormat {
  /** values in a block */
  readonly values: number
  readonly bytes: number
  /** whole blocks → their values */
  readonly decode: Decode
}

/** @param decodeBlock one block → its values, written from `to` on */
function inBlocks(
  values: number,
  bytes: number,
  decodeBlock: (block: DataView, decoded: Float32Array, to: number) => void,
): BlockFormat {
  return {
    values,
    bytes,
    decode(stored, decoded) {
      for (let at = 0, to = 0; to < decoded.length; at += bytes, to += values) {
        decodeBlock(new DataView(stored.buffer, at, bytes), decoded, to)
      }
    },
  }
}

function halfAt(block: DataView, offset: number): number {
  return fromOneHalf(block.getUint16(offset, true))
}

/** The i-th of 32 4-bit codes in 16 bytes: the low halves first, then the high ones. */
export function nibble32(block: DataView, offset: number, i: number): number {
  const byte = block.getUint8(offset + (i % 16))
  return i < 16 ? byte & 15 : byte >> 4
}

/** 32 values whose codes have a fifth bit each in a word. */
function fiveBits(block: DataView, bits: number, codes: number, i: number): number {
  return nibble32(block, codes, i) | (((block.getUint32(bits, true) >>> i) & 1) << 4)
}

/** Scale and minimum of the j-th of the eight sub-blocks of Q4_K and Q5_K: 6 bits each in 12 bytes. */
export function subScale(block: DataView, j: number): readonly [scale: number, minimum: number] {
  const byte = (i: number) => block.getUint8(4 + i)
  if (j < 4) return [byte(j) & 63, byte(j + 4) & 63]
  const low = byte(j + 4)
  return [(low & 15) | ((byte(j - 4) >> 6) << 4), (low >> 4) | ((byte(j) >> 6) << 4)]
}

/** The i-th code of 256 4-bit ones: pairs of sub-blocks share 32 bytes, the first in the low halves. */
export function nibble256(block: DataView, offset: number, i: number): number {
  const byte = block.getUint8(offset + 32 * Math.floor(i / 64) + (i % 32))
  return i % 64 < 32 ? byte & 15 : byte >> 4
}

/** A format of 32 values from scale and codes. */
function simple(
  bytes: number,
  valueOf: (block: DataView, i: number, scale: number, minimum: number) => number,
): BlockFormat {
  return inBlocks(32, bytes, (block, values, to) => {
    const scale = halfAt(block, 0)
    const minimum = halfAt(block, 2) // means something in the formats with a minimum only
    for (let i = 0; i < 32; i++) values[to + i] = valueOf(block, i, scale, minimum)
  })
}

/** A format of 256 values in eight sub-blocks with a scale and a minimum each. */
function withSubScales(bytes: number, codeOf: (block: DataView, i: number) => number): BlockFormat {
  return inBlocks(256, bytes, (block, values, to) => {
    const scale = halfAt(block, 0)
    const minimum = halfAt(block, 2)
    for (let j = 0; j < 8; j++) {
      const [sub, subMinimum] = subScale(block, j)
      const step = Math.fround(scale * sub)
      const least = Math.fround(minimum * subMinimum)
      for (let i = 32 * j; i < 32 * (j + 1); i++) {
        values[to + i] = Math.fround(step * codeOf(block, i)) - least
      }
    }
  })
}

/** By the name of the type in `GGMLQuantizationType`. */
export const blockFormats: Readonly<Record<string, BlockFormat>> = {
  F32: { values: 1, bytes: 4, decode: floats.F32 },
  F16: { values: 1, bytes: 2, decode: floats.F16 },
  BF16: { values: 1, bytes: 2, decode: floats.BF16 },
  Q4_0: simple(18, (block, i, scale) => scale * (nibble32(block, 2, i) - 8)),
  Q4_1: simple(20, (block, i, scale, least) => scale * nibble32(block, 4, i) + least),
  Q5_0: simple(22, (block, i, scale) => scale * (fiveBits(block, 2, 6, i) - 16)),
  Q5_1: simple(24, (block, i, scale, least) => scale * fiveBits(block, 4, 8, i) + least),
  Q8_0: simple(34, (block, i, scale) => scale * block.getInt8(2 + i)),
  Q4_K: withSubScales(144, (block, i) => nibble256(block, 16, i)),
  Q5_K: withSubScales(176, (block, i) => {
    const high = (block.getUint8(16 + (i % 32)) >> Math.floor(i / 32)) & 1
    return nibble256(block, 48, i) | (high << 4)
  }),
  Q6_K: inBlocks(256, 210, (block, values, to) => {
    const scale = halfAt(block, 208)
    for (let i = 0; i < 256; i++) {
      const [part, within] = [Math.floor(i / 128), i % 128]
      const low = block.getUint8(64 * part + (within % 64))
      const high = block.getUint8(128 + 32 * part + (within % 32)) >> (2 * Math.floor(within / 32))
      const code = ((within < 64 ? low & 15 : low >> 4) | ((high & 3) << 4)) - 32
      const step = Math.fround(scale * block.getInt8(192 + Math.floor(i / 16)))
      values[to + i] = step * code
    }
  }),
}
