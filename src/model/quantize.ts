// Rows of weights in blocks of 32 codes, as common/weights_q8.wgsl and weights_q4.wgsl read them. The codes are those of
// GGUF's Q8_0 and Q4_1: nearest multiples of one step per block.
import { fromOneHalf, largestHalf, toOneHalf } from './half.ts'

/** Codes that share a scale. */
export const blockWidth = 32

/** Codes that share the scale of their scales, in GGUF's k-quants. */
export const largeBlockWidth = 256

/**
 * 8 bits: a weight is scale · code, the code signed. Padding is zero.
 * @param values (width)
 * @param codes (padded width)
 * @param scales (blocks), f16
 * @returns the index of the first value that cannot be stored, or −1
 */
export function quantizeRow8(values: Float32Array, codes: Int8Array, scales: Uint16Array): number {
  const limit = 127 * largestHalf
  codes.fill(0)
  for (let first = 0; first < values.length; first += blockWidth) {
    const end = Math.min(first + blockWidth, values.length)
    let largest = 0
    for (let i = first; i < end; i++) {
      const size = Math.abs(values[i] ?? 0)
      if (!(size <= limit)) return i // NaN too
      if (size > largest) largest = size
    }
    const scale = roundToHalf(largest / 127, scales, first / blockWidth)
    const codeOf = scale === 0 ? 0 : 1 / scale
    for (let i = first; i < end; i++) {
      const code = nearest((values[i] ?? 0) * codeOf)
      codes[i] = code > 127 ? 127 : code < -127 ? -127 : code
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
    const end = Math.min(first + blockWidth, values.length)
    let least = Infinity
    let most = -Infinity
    for (let i = first; i < end; i++) {
      const value = values[i] ?? 0
      if (!(Math.abs(value) <= largestHalf)) return i // NaN too
      if (value < least) least = value
      if (value > most) most = value
    }
    if (most - least > largestHalf) return first
    const index = first / blockWidth
    const isWhole = end - first === blockWidth
    const step = isWhole ? (most - least) / 15 : Math.max(most, -least) / 7
    const scale = roundToHalf(step, ranges, 2 * index)
    const minimum = roundToHalf(isWhole ? least : -8 * scale, ranges, 2 * index + 1)
    const codeOf = scale === 0 ? 0 : 1 / scale
    for (let i = 0; i < blockWidth; i++) {
      const value = first + i < end ? (values[first + i] ?? 0) : 0
      const code = nearest((value - minimum) * codeOf)
      setCode4(codes, first + i, code > 15 ? 15 : code < 0 ? 0 : code)
    }
  }
  return -1
}

/** Puts the `index`-th 4-bit code of a row where the shader looks for it. */
export function setCode4(codes: Uint8Array, index: number, code: number): void {
  const byte = 4 * (index >> 3) + (index & 3)
  codes[byte] = (codes[byte] ?? 0) | ((index & 7) < 4 ? code : code << 4)
}

/** A tenth of the time of `Math.round` in V8, which loading a billion weights would wait for. */
function nearest(value: number): number {
  return Math.floor(value + 0.5) | 0
}

/** Stores the nearest f16 and says what it is. */
function roundToHalf(value: number, halves: Uint16Array, index: number): number {
  const half = toOneHalf(value)
  halves[index] = half
  return fromOneHalf(half)
}
