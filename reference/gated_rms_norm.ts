// The norm behind a gated delta net (transformers, `Qwen3_5RMSNormGated`).
import { at } from './at.ts'
import { silu } from './gate.ts'
import { rmsNorm } from './rms_norm.ts'

/**
 * @param readout (rows, value heads · value size)
 * @param gates as long
 * @param weight (value size)
 */
export function gatedRmsNorm(
  readout: Float32Array,
  gates: Float32Array,
  weight: Float32Array,
  epsilon: number,
): Float32Array {
  return rmsNorm(readout, weight, epsilon).map((value, i) => value * silu(at(gates, i)))
}
