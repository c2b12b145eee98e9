// Rows of weights in blocks of 32 codes, as common/weights_q8.wgsl and weights_q4.wgsl read them. The codes are those of
// GGUF's Q8_0 and Q4_1: nearest multiples of one step per block.
import { fromOneHalf, largestHalf, toOneHalf } from './half.ts'

/** Codes that share a scale. */
export const blockWidth = 32

/**
 * 8 bits: a weight is scale · code, the code signed. Padding is zero.
 * @param values (width)
 * @param codes (padded width)
 * @param scales (blocks), f16
 * @returns the index of the first value that cannot be stored, or −1
 */
export function quantizeRow8(values: Float32Array, codes: Int8Array, scales: Uint16Array): number {
  codes.fill(0)
  for (let first = 0; first < values.length; first += blockWidth) {
    const block = values.subarray(first, first + blockWidth)
    let largest = 0
    for (const value of block) largest = Math.max(largest, Math.abs(value))
    if (!(largest / 127 <= largestHalf)) return first + firstBeyond(block, 127 * largestHalf)
    const scale = roundToHalf(largest / 127, scales, first / blockWidth)
    const codeOf = scale === 0 ? 0 : 1 / scale
    for (let i = 0; i < block.length; i++) {
      codes[first + i] = Math.max(-127, Math.min(127, Math.round((block[i] ?? 0) * codeOf)))
    }
  }
  return -1
}

/**
 * 4 bits: a weight is scale · code + minimum. Eight codes to a word, the first four in the low halves of its bytes. A block
 * that the row does not fill lies around zero, so that its padding is zero exactly.
 * @param values (width)
 * @param codes (padded width / 2)
 * @param ranges (blocks, 2): scale and minimum, f16
 * @returns the index of the first value that cannot be stored, or −1
 */
export function quantizeRow4(values: Float32Array, codes: Uint8Array, ranges: Uint16Array): number {
  codes.fill(0)
  for (let first = 0; first < values.length; first += blockWidth) {
    const block = values.subarray(first, first + blockWidth)
    let least = Infinity
    let most = -Infinity
    for (const value of block) {
      least = Math.min(least, value)
      most = Math.max(most, value)
    }
    const isWithin = -least <= largestHalf && most <= largestHalf && most - least <= largestHalf
    if (!isWithin) return first + firstBeyond(block, largestHalf)
    const index = first / blockWidth
    const isWhole = block.length === blockWidth
    const step = isWhole ? (most - least) / 15 : Math.max(most, -least) / 7
    const scale = roundToHalf(step, ranges, 2 * index)
    const minimum = roundToHalf(isWhole ? least : -8 * scale, ranges, 2 * index + 1)
    const codeOf = scale === 0 ? 0 : 1 / scale
    for (let i = 0; i < blockWidth; i++) {
      const value = block[i] ?? 0
      const code = Math.max(0, Math.min(15, Math.round((value - minimum) * codeOf)))
      setCode4(codes, first + i, code)
    }
  }
  return -1
}

/** Puts the `index`-th 4-bit code of a row where the shader looks for it. */
export function setCode4(codes: Uint8Array, index: number, code: number): void {
  const byte = 4 * Math.floor(index / 8) + (index % 4)
  codes[byte] = (codes[byte] ?? 0) | (index % 8 < 4 ? code : code << 4)
}

/** Stores the nearest f16 and says what it is. */
function roundToHalf(value: number, halves: Uint16Array, index: number): number {
  const half = toOneHalf(value)
  halves[index] = half
  return fromOneHalf(half)
}

/** NaN is beyond everything. */
function firstBeyond(block: Float32Array, limit: number): number {
  const found = block.findIndex((value) => !(Math.abs(value) <= limit))
  return Math.max(0, found)
}
