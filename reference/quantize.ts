// Values of quantised blocks: 32 weights with one scale and, with 4 bits, one minimum.
import { at } from './at.ts'

/**
 * @param codes (row, width), signed
 * @param scales (row, width / 32)
 */
export function dequantize8(codes: Int8Array, scales: Float32Array): Float32Array {
  return Float32Array.from(codes, (code, i) => code * at(scales, Math.floor(i / 32)))
}

/**
 * @param codes (row, width), 0 to 15
 * @param ranges (row, width / 32, 2): scale and minimum
 */
export function dequantize4(codes: Uint8Array, ranges: Float32Array): Float32Array {
  return Float32Array.from(codes, (code, i) => {
    const block = Math.floor(i / 32)
    return code * at(ranges, 2 * block) + at(ranges, 2 * block + 1)
  })
}
