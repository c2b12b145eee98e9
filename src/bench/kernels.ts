// The bench's own kernels: random weights, and the three that measure a device's ceilings.
import fillF16 from '../../shaders/bench/fill.wgsl?F16'
import fillF32 from '../../shaders/bench/fill.wgsl?F32'
import fmaSource from '../../shaders/bench/fma.wgsl'
import nothingSource from '../../shaders/bench/nothing.wgsl'
import sweepSource from '../../shaders/bench/sweep.wgsl'
import { byStorage, ceilDiv, kernel } from '../gpu/kernel.ts'

/** Writes random values into the rows of a matrix, zeros into their padding. */
export const fill = byStorage({ f16: fillF16, f32: fillF32 }, (source) =>
  kernel({
    name: 'fill',
    source,
    params: {
      seed: 'u32',
      width: 'u32',
      row_eights: 'u32',
      eights: 'u32',
      centre: 'f32',
      spread: 'f32',
    },
    bindings: { matrix: 'write' },
    constants: [],
  }),
)

/** Lanes stride over the rest where the grid is too small. */
export function fillGrid(eights: number): readonly [number] {
  return [Math.min(ceilDiv(eights, 64), 8192)]
}

/** Reads a buffer once. */
export const sweep = kernel({
  name: 'sweep',
  source: sweepSource,
  params: { rounds: 'u32' },
  bindings: { data: 'read', sums: 'write' },
  constants: [],
})

const sweepRounds = 16

/** Bytes a workgroup of `sweep` reads: 16 rounds of 4 · 256 vec4s. */
export const sweepSpan = sweepRounds * 4 * 256 * 16

/** @param bytes a multiple of `sweepSpan` */
export function sweepGrid(bytes: number): readonly [number] {
  return [bytes / sweepSpan]
}

export const sweepParams = { rounds: sweepRounds }

/** Chains of multiply-adds. */
export const fma = kernel({
  name: 'fma',
  source: fmaSource,
  params: { rounds: 'u32', factor: 'f32', summand: 'f32' },
  bindings: { sums: 'write' },
  constants: [],
})

/** Lanes of a workgroup of `fma`. */
export const fmaLanes = 256

/** Of one lane in one round: 4 chains × 4 values × 8 steps, a multiplication and an addition each. */
export const fmaRoundFlop = 4 * 4 * 8 * 2

/** A dispatch that does nothing. Grid: (1). */
export const nothing = kernel({
  name: 'nothing',
  source: nothingSource,
  params: { writes: 'u32' },
  bindings: { sink: 'write' },
  constants: [],
})
