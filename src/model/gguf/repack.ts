// Block types whose codes are those of a storage on the GPU: their bytes change places and nothing is rounded. The layout
// is that of quantize.ts.
import type { WeightStorage } from '../../api/settings.ts'
import { fromOneHalf, toOneHalf } from '../half.ts'
import { setCode4 } from '../quantize.ts'

/** One row: its blocks → codes and f16 scales, both zero before. */
export type Repack = (blocks: DataView, codes: Uint8Array, scales: Uint16Array) => void

const repacks: Readonly<Record<string, readonly [WeightStorage, Repack]>> = {
  Q8_0: [
    'q8',
    (blocks, codes, scales) => {
      for (let at = 0, block = 0; at < blocks.byteLength; at += 34, block++) {
        scales[block] = blocks.getUint16(at, true)
        for (let i = 0; i < 32; i++) codes[32 * block + i] = blocks.getUint8(at + 2 + i)
      }
    },
  ],
  Q4_0: [
    'q4',
    (blocks, codes, ranges) => {
      for (let at = 0, block = 0; at < blocks.byteLength; at += 18, block++) {
        const scale = blocks.getUint16(at, true)
        ranges[2 * block] = scale
        ranges[2 * block + 1] = minusEightTimes(scale)
        for (let i = 0; i < 32; i++) setCode4(codes, 32 * block + i, nibble32(blocks, at + 2, i))
      }
    },
  ],
  Q4_1: [
    'q4',
    (blocks, codes, ranges) => {
      for (let at = 0, block = 0; at < blocks.byteLength; at += 20, block++) {
        ranges[2 * block] = blocks.getUint16(at, true)
        ranges[2 * block + 1] = blocks.getUint16(at + 2, true)
        for (let i = 0; i < 32; i++) setCode4(codes, 32 * block + i, nibble32(blocks, at + 4, i))
      }
    },
  ],
}

/** How a tensor of this type gets into this storage as it is, or undefined. */
export function repackInto(storage: WeightStorage, type: string): Repack | undefined {
  const [into, repack] = (Object.hasOwn(repacks, type) ? repacks[type] : undefined) ?? []
  return into === storage ? repack : undefined
}

/** Exact: a power of two times an f16. */
function minusEightTimes(half: number): number {
  return toOneHalf(-8 * fromOneHalf(half))
}

/** The i-th of 32 4-bit codes in 16 bytes: the low halves first, then the high ones. */
function nibble32(block: DataView, offset: number, i: number): number {
  const byte = block.getUint8(offset + (i % 16))
  return i < 16 ? byte & 15 : byte >> 4
}
