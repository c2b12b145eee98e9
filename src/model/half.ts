// Conversion between f32 and the two 16-bit floats of checkpoints and GPU buffers: f16 (5 exponent bits, 10 of mantissa)
// and bf16 (the upper half of an f32). All rounding is to nearest, ties to even.
import { LongtabError } from '../api/errors.ts'

/** The largest finite f16. */
export const largestHalf = 65_504

/** (65536): the value of every f16 */
const valueOfHalf = Float32Array.from({ length: 0x10000 }, (_, half) => {
  const sign = half & 0x8000 ? -1 : 1
  const exponent = (half >>> 10) & 0x1f
  const mantissa = half & 0x3ff
  if (exponent === 0) return sign * mantissa * 2 ** -24
  if (exponent === 0x1f) return mantissa === 0 ? sign * Infinity : NaN
  return sign * (1 + mantissa / 1024) * 2 ** (exponent - 15)
})

/** halves (n) → values (n) */
export function fromHalf(halves: Uint16Array, values: Float32Array): void {
  for (let i = 0; i < halves.length; i++) values[i] = valueOfHalf[halves[i] ?? 0] ?? 0
}

export function fromOneHalf(half: number): number {
  return valueOfHalf[half] ?? 0
}

/** brains (n), bf16 → values (n) */
export function fromBrain(brains: Uint16Array, values: Float32Array): void {
  const bits = bitsOf(values)
  for (let i = 0; i < brains.length; i++) bits[i] = (brains[i] ?? 0) << 16
}

/** values (n) → halves (n); what no f16 can hold becomes Infinity or NaN */
export function toHalf(values: Float32Array, halves: Uint16Array): void {
  const bits = bitsOf(values)
  for (let i = 0; i < bits.length; i++) halves[i] = halfOf(bits[i] ?? 0)
}

const one = new Float32Array(1)
const bitsOfOne = bitsOf(one)

export function toOneHalf(value: number): number {
  one[0] = value
  return halfOf(bitsOfOne[0] ?? 0)
}

/** values (n) → brains (n), bf16 */
export function toBrain(values: Float32Array, brains: Uint16Array): void {
  const bits = bitsOf(values)
  for (let i = 0; i < bits.length; i++) {
    const x = bits[i] ?? 0
    const isNaN = (x & 0x7fff_ffff) > 0x7f80_0000
    brains[i] = isNaN ? (x >>> 16) | 0x40 : (x + 0x7fff + ((x >>> 16) & 1)) >>> 16
  }
}

/**
 * Packs a row as the GPU stores it: two f16 to a u32, the even element in the low half; after an odd count the last high
 * half is 0. Returns the index of the first value that is NaN, infinite or rounds beyond ±65504, or −1 when all fit.
 * @param values (n)
 * @param pairs (⌈n / 2⌉)
 */
export function packHalves(values: Float32Array, pairs: Uint32Array): number {
  const bits = bitsOf(values)
  const even = bits.length & ~1
  let overflow = 0 // gets bit 15 when any half has all exponent bits set: adding 1 to that exponent carries into it
  for (let i = 0; i < even; i += 2) {
    const low = halfOf(bits[i] ?? 0)
    const high = halfOf(bits[i + 1] ?? 0)
    overflow |= ((low & 0x7fff) + 0x400) | ((high & 0x7fff) + 0x400)
    pairs[i >>> 1] = low | (high << 16)
  }
  if (even < bits.length) {
    const last = halfOf(bits[even] ?? 0)
    overflow |= (last & 0x7fff) + 0x400
    pairs[even >>> 1] = last
  }
  return overflow & 0x8000 ? values.findIndex((value) => !fitsHalf(value)) : -1
}

/** The index of the first NaN or infinity, or −1. */
export function firstNotFinite(values: Float32Array): number {
  return values.findIndex((value) => !Number.isFinite(value))
}

/** The error for a weight that cannot be stored: damaged, or too large for f16. */
export function unusableWeight(tensor: string, value: number): LongtabError {
  return Number.isFinite(value)
    ? new LongtabError(
        'bad-file',
        `tensor ${tensor} holds ${value}, beyond the ±${largestHalf} of f16; load with weights f32`,
      )
    : new LongtabError(
        'bad-file',
        `tensor ${tensor} holds ${value}; the checkpoint is damaged, fetch it again`,
      )
}

function bitsOf(values: Float32Array): Uint32Array {
  return new Uint32Array(values.buffer, values.byteOffset, values.length)
}

/** Rounding to half-units of 2^52 leaves the integer nearest, ties to even. */
const roundToInteger = 2 ** 52

function halfOf(x: number): number {
  const sign = (x >>> 16) & 0x8000
  const magnitude = x & 0x7fff_ffff
  // The common case: normal as an f16. The exponent's bias goes from 127 to 15, the mantissa loses 13 bits; a carry out
  // of the mantissa rightly raises the exponent, at the top to Infinity.
  if (magnitude >= 0x3880_0000 && magnitude < 0x4780_0000) {
    return sign | ((magnitude - 0x3800_0000 + 0xfff + ((magnitude >>> 13) & 1)) >>> 13)
  }
  if (magnitude < 0x3880_0000) return sign | subnormalOf(magnitude)
  return sign | (magnitude > 0x7f80_0000 ? 0x7e00 : 0x7c00)
}

/** Below 2^−14 an f16 counts in units of 2^−24. */
function subnormalOf(magnitude: number): number {
  const exponent = magnitude >>> 23
  if (exponent < 0x66) return 0 // below 2^−25, half a unit
  const mantissa = (magnitude & 0x7f_ffff) | 0x80_0000
  const units = mantissa * 2 ** (exponent - 126)
  return units + roundToInteger - roundToInteger
}

function fitsHalf(value: number): boolean {
  return Math.abs(value) < 65_520 // from here on rounds to Infinity; false for NaN
}
