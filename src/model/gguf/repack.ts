// Block types whose codes are those of a storage on the GPU: their bits change places and nothing is rounded. The layouts on
// the GPU are those of shaders/common/weights_*.wgsl; those of the file are in blocks.ts.
import type { CodeStorage } from '../../api/settings.ts'
import { fromOneHalf, toOneHalf } from '../half.ts'

/** One row: its blocks → codes and scales. @returns whether every scale is a number */
export type Repack = (blocks: Uint8Array, codes: Uint8Array, scales: Uint8Array) => boolean

interface Repacking {
  readonly storage: CodeStorage
  readonly repack: Repack
}

/** @param repackBlock the block at `at`, the `index`-th of its row */
function inBlocks(
  storage: CodeStorage,
  bytes: number,
  repackBlock: (
    blocks: Uint8Array,
    at: number,
    index: number,
    codes: Uint8Array,
    scales: Uint8Array,
  ) => boolean,
): Repacking {
  return {
    storage,
    repack(blocks, codes, scales) {
      let areNumbers = true
      for (let at = 0, index = 0; at < blocks.length; at += bytes, index++) {
        if (!repackBlock(blocks, at, index, codes, scales)) areNumbers = false
      }
      return areNumbers
    },
  }
}

const repackings: Readonly<Record<string, Repacking>> = {
  Q8_0: inBlocks('q8', 34, (blocks, at, index, codes, scales) => {
    copy(blocks, at, 2, scales, 2 * index)
    copy(blocks, at + 2, 32, codes, 32 * index)
    return isNumber(halfAt(blocks, at))
  }),
  Q4_0: inBlocks('q4', 18, (blocks, at, index, codes, scales) => {
    const scale = halfAt(blocks, at)
    setHalf(scales, 4 * index, scale)
    setHalf(scales, 4 * index + 2, times(-8, scale))
    packHalves(blocks, at + 2, codes, 16 * index)
    return isNumber(scale)
  }),
  Q4_1: inBlocks('q4', 20, (blocks, at, index, codes, scales) => {
    copy(blocks, at, 4, scales, 4 * index)
    packHalves(blocks, at + 4, codes, 16 * index)
    return areNumbers(blocks, at)
  }),
  Q5_0: inBlocks('q5', 22, (blocks, at, index, codes, scales) => {
    const scale = halfAt(blocks, at)
    copy(blocks, at + 2, 4, scales, 8 * index)
    setHalf(scales, 8 * index + 4, scale)
    setHalf(scales, 8 * index + 6, times(-16, scale))
    packHalves(blocks, at + 6, codes, 16 * index)
    return isNumber(scale) && isNumber(times(-16, scale))
  }),
  Q5_1: inBlocks('q5', 24, (blocks, at, index, codes, scales) => {
    copy(blocks, at + 4, 4, scales, 8 * index)
    copy(blocks, at, 4, scales, 8 * index + 4)
    packHalves(blocks, at + 8, codes, 16 * index)
    return areNumbers(blocks, at)
  }),
  Q4_K: inBlocks('q4_k', 144, (blocks, at, index, codes, scales) => {
    copy(blocks, at, 16, scales, 16 * index)
    packPairs(blocks, at + 16, codes, 128 * index)
    return areNumbers(blocks, at)
  }),
  Q5_K: inBlocks('q5_k', 176, (blocks, at, index, codes, scales) => {
    copy(blocks, at, 16, scales, 48 * index)
    for (let j = 0; j < 8; j++) {
      let fifths = 0
      for (let i = 0; i < 32; i++) fifths |= (((blocks[at + 16 + i] ?? 0) >> j) & 1) << i
      setWord(scales, 48 * index + 16 + 4 * j, fifths)
    }
    packPairs(blocks, at + 48, codes, 128 * index)
    return areNumbers(blocks, at)
  }),
  Q6_K: inBlocks('q6_k', 210, (blocks, at, index, codes, scales) => {
    for (let j = 0; j < 16; j++) {
      const quarter = (j >> 1) & 3
      const within = 16 * (j & 1)
      const low = at + 64 * (j >> 3) + 32 * (quarter & 1) + within
      const high = at + 128 + 32 * (j >> 3) + within
      packHalf(blocks, low, 16, quarter < 2 ? 0 : 4, codes, 128 * index + 8 * j)
      let highs = 0
      for (let i = 0; i < 16; i++)
        highs |= (((blocks[high + i] ?? 0) >> (2 * quarter)) & 3) << (2 * i)
      setWord(scales, 84 * index + 4 * j, highs)
    }
    copy(blocks, at + 192, 16, scales, 84 * index + 64)
    const scale = halfAt(blocks, at + 208)
    singles[0] = fromOneHalf(scale)
    setWord(scales, 84 * index + 80, singleBits[0] ?? 0)
    return isNumber(scale)
  }),
}

/** The storage that keeps a type's codes as they are, or undefined where there is none. */
export function storageOfType(type: string): CodeStorage | undefined {
  return repackingOf(type)?.storage
}

/** How a tensor of this type gets into this storage as it is, or undefined. */
export function repackInto(storage: string, type: string): Repack | undefined {
  const repacking = repackingOf(type)
  return repacking?.storage === storage ? repacking.repack : undefined
}

function repackingOf(type: string): Repacking | undefined {
  return Object.hasOwn(repackings, type) ? repackings[type] : undefined
}

const singles = new Float32Array(1)
const singleBits = new Uint32Array(singles.buffer)

function copy(from: Uint8Array, at: number, bytes: number, to: Uint8Array, into: number): void {
  for (let i = 0; i < bytes; i++) to[into + i] = from[at + i] ?? 0
}

function setWord(bytes: Uint8Array, at: number, word: number): void {
  for (let i = 0; i < 4; i++) bytes[at + i] = word >>> (8 * i)
}

function setHalf(bytes: Uint8Array, at: number, half: number): void {
  bytes[at] = half
  bytes[at + 1] = half >> 8
}

function halfAt(bytes: Uint8Array, at: number): number {
  return (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8)
}

/** An f16 times a power of two: exact, but where it becomes infinite. */
function times(power: number, half: number): number {
  return toOneHalf(power * fromOneHalf(half))
}

/** Of an f16: not all bits of its exponent are set. */
function isNumber(half: number): boolean {
  return (half & 0x7c00) !== 0x7c00
}

/** Of the two f16 that a block begins with. */
function areNumbers(blocks: Uint8Array, at: number): boolean {
  return isNumber(halfAt(blocks, at)) && isNumber(halfAt(blocks, at + 2))
}

/** 32 codes of 4 bits: the low halves of 16 bytes first, then the high ones. */
function packHalves(blocks: Uint8Array, at: number, codes: Uint8Array, to: number): void {
  packHalf(blocks, at, 16, 0, codes, to)
  packHalf(blocks, at, 16, 4, codes, to + 8)
}

/** 256 codes of 4 bits: of each 32 bytes the low halves first, then the high ones. */
function packPairs(blocks: Uint8Array, at: number, codes: Uint8Array, to: number): void {
  for (let offset = 0; offset < 128; offset += 32) {
    packHalf(blocks, at + offset, 32, 0, codes, to + offset)
    packHalf(blocks, at + offset, 32, 4, codes, to + offset + 16)
  }
}

/**
 * One half of each of `count` bytes, as a storage's words have them: a word holds eight codes, the first four in its low halves.
 * @param shift 0 for the low halves, 4 for the high ones
 */
function packHalf(
  bytes: Uint8Array,
  at: number,
  count: number,
  shift: 0 | 4,
  codes: Uint8Array,
  to: number,
): void {
  for (let i = 0; i < count / 2; i++) {
    const first = at + i + (i & ~3)
    const low = ((bytes[first] ?? 0) >> shift) & 15
    const high = ((bytes[first + 4] ?? 0) >> shift) & 15
    codes[to + i] = low | (high << 4)
  }
}
