// The float types that safetensors and GGUF files share: bytes → values.
import { fromBrain, fromHalf } from './half.ts'

/** Fills `values` (n) from `stored`, n little-endian values at the start of a buffer. */
export type Decode = (stored: Uint8Array<ArrayBuffer>, values: Float32Array) => void

export const floats = {
  F32: (stored, values) => values.set(new Float32Array(stored.buffer, 0, values.length)),
  F16: (stored, values) => fromHalf(new Uint16Array(stored.buffer, 0, values.length), values),
  BF16: (stored, values) => fromBrain(new Uint16Array(stored.buffer, 0, values.length), values),
} as const satisfies Readonly<Record<string, Decode>>
