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

type DecodeBlock = (stored: Uint8Array, at: number, decoded: Float32Array, to: number) => void

/** @param decodeBlock the block at `at` → its values, written from `to` on. Its loops are plain: a model has a billion values. */
function inBlocks(values: number, bytes: number, decodeBlock: DecodeBlock): BlockFormat {
  return {
    values,
    bytes,
    decode(stored, decoded) {
      for (let at = 0, to = 0; to < decoded.length; at += bytes, to += values) {
        decodeBlock(stored, at, decoded, to)
      }
    },
  }
}

function byteAt(stored: Uint8Array, at: number): number {
  return stored[at] ?? 0
}

function halfAt(stored: Uint8Array, at: number): number {
  return fromOneHalf(byteAt(stored, at) | (byteAt(stored, at + 1) << 8))
}

/** 32 values of 4-bit codes: the low halves of 16 bytes first, then the high ones. */
function scaleNibbles(
  stored: Uint8Array,
  at: number,
  decoded: Float32Array,
  to: number,
  scale: number,
  least: number,
): void {
  for (let i = 0; i < 16; i++) {
    const byte = byteAt(stored, at + i)
    decoded[to + i] = Math.fround(scale * (byte & 15)) + least
    decoded[to + 16 + i] = Math.fround(scale * (byte >> 4)) + least
  }
}

/** The same with a fifth bit for each code, in four bytes before the 16. */
function scaleFiveBits(
  stored: Uint8Array,
  at: number,
  decoded: Float32Array,
  to: number,
  scale: number,
  least: number,
): void {
  const lowBits = byteAt(stored, at) | (byteAt(stored, at + 1) << 8)
  const highBits = byteAt(stored, at + 2) | (byteAt(stored, at + 3) << 8)
  for (let i = 0; i < 16; i++) {
    const byte = byteAt(stored, at + 4 + i)
    const low = (byte & 15) | (((lowBits >> i) & 1) << 4)
    const high = (byte >> 4) | (((highBits >> i) & 1) << 4)
    decoded[to + i] = Math.fround(scale * low) + least
    decoded[to + 16 + i] = Math.fround(scale * high) + least
  }
}

/** Scale and minimum of the j-th of the eight sub-blocks of Q4_K and Q5_K: 6 bits each in 12 bytes, from `at` on. */
function subScale(stored: Uint8Array, at: number, j: number): number {
  if (j < 4) return byteAt(stored, at + j) & 63
  return (byteAt(stored, at + 4 + j) & 15) | ((byteAt(stored, at + j - 4) >> 6) << 4)
}

function subMinimum(stored: Uint8Array, at: number, j: number): number {
  if (j < 4) return byteAt(stored, at + 4 + j) & 63
  return (byteAt(stored, at + 4 + j) >> 4) | ((byteAt(stored, at + j) >> 6) << 4)
}

/**
 * 256 values in eight sub-blocks with a scale and a minimum each. Pairs of sub-blocks share 32 bytes, the first in the low
 * halves.
 *
 * @param codes offset of the 4-bit codes
 * @param fifth offset of 32 bytes that hold the fifth bits, one bit for each sub-block; undefined for none
 */
function withSubScales(bytes: number, codes: number, fifth: number | undefined): BlockFormat {
  return inBlocks(256, bytes, (stored, at, decoded, to) => {
    const scale = halfAt(stored, at)
    const minimum = halfAt(stored, at + 2)
    for (let j = 0; j < 8; j++) {
      const step = Math.fround(scale * subScale(stored, at + 4, j))
      const least = Math.fround(minimum * subMinimum(stored, at + 4, j))
      const first = at + codes + 32 * (j >> 1)
      const half = 4 * (j & 1)
      const into = to + 32 * j
      if (fifth === undefined) {
        for (let i = 0; i < 32; i++) {
          const code = (byteAt(stored, first + i) >> half) & 15
          decoded[into + i] = Math.fround(step * code) - least
        }
      } else {
        for (let i = 0; i < 32; i++) {
          const high = (byteAt(stored, at + fifth + i) >> j) & 1
          const code = ((byteAt(stored, first + i) >> half) & 15) | (high << 4)
          decoded[into + i] = Math.fround(step * code) - least
        }
      }
    }
  })
}

/** By the name of the type in `GGMLQuantizationType`. */
export const blockFormats: Readonly<Record<string, BlockFormat>> = {
  F32: { values: 1, bytes: 4, decode: floats.F32 },
  F16: { values: 1, bytes: 2, decode: floats.F16 },
  BF16: { values: 1, bytes: 2, decode: floats.BF16 },
  Q4_0: inBlocks(32, 18, (stored, at, decoded, to) => {
    const scale = halfAt(stored, at)
    scaleNibbles(stored, at + 2, decoded, to, scale, -8 * scale)
  }),
  Q4_1: inBlocks(32, 20, (stored, at, decoded, to) => {
    scaleNibbles(stored, at + 4, decoded, to, halfAt(stored, at), halfAt(stored, at + 2))
  }),
  Q5_0: inBlocks(32, 22, (stored, at, decoded, to) => {
    const scale = halfAt(stored, at)
    scaleFiveBits(stored, at + 2, decoded, to, scale, -16 * scale)
  }),
  Q5_1: inBlocks(32, 24, (stored, at, decoded, to) => {
    scaleFiveBits(stored, at + 4, decoded, to, halfAt(stored, at), halfAt(stored, at + 2))
  }),
  Q8_0: inBlocks(32, 34, (stored, at, decoded, to) => {
    const scale = halfAt(stored, at)
    for (let i = 0; i < 32; i++) decoded[to + i] = scale * signed(byteAt(stored, at + 2 + i))
  }),
  Q4_K: withSubScales(144, 16, undefined),
  Q5_K: withSubScales(176, 48, 16),
  // in each half of the block 64 bytes of four bits, 32 bytes of two bits, and a scale for every 16 values
  Q6_K: inBlocks(256, 210, (stored, at, decoded, to) => {
    const scale = halfAt(stored, at + 208)
    for (let j = 0; j < 16; j++) {
      const step = Math.fround(scale * signed(byteAt(stored, at + 192 + j)))
      const quarter = (j >> 1) & 3
      const within = 16 * (j & 1)
      const low = at + 64 * (j >> 3) + 32 * (quarter & 1) + within
      const high = at + 128 + 32 * (j >> 3) + within
      const half = 4 * (quarter >> 1)
      const into = to + 16 * j
      for (let i = 0; i < 16; i++) {
        const four = (byteAt(stored, low + i) >> half) & 15
        const two = (byteAt(stored, high + i) >> (2 * quarter)) & 3
        decoded[into + i] = step * ((four | (two << 4)) - 32)
      }
    }
  }),
}

function signed(byte: number): number {
  return (byte << 24) >> 24
}
