import source from '../../shaders/convolve.wgsl'
import { ceilDiv, kernel } from '../gpu/kernel.ts'
import { headMerging } from './heads.ts'

/** Convolution over a list of rows, then ReLU. TAPS is its kernel size, odd. */
export const convolve = kernel({
  name: 'convolve',
  source,
  params: { others: 'u32', merged: 'u32', channels: 'u32' },
  heads: headMerging,
  bindings: { sources: 'read', weights: 'read', bias: 'read', logits: 'write' },
  constants: ['KV_HEADS', 'TAPS'],
})

/** One workgroup per 32 × 32 outputs. */
export function convolveGrid(
  others: number,
  merged: number,
  kvHeads: number,
): readonly [number, number, number] {
  return [ceilDiv(others, 32), ceilDiv(merged, 32), kvHeads]
}
