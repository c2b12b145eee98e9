// Kernels that do one thing at the most that a device does: read memory, multiply and add, be dispatched.
import fmaSource from '../../shaders/bench/fma.wgsl'
import nothingSource from '../../shaders/bench/nothing.wgsl'
import sweepSource from '../../shaders/bench/sweep.wgsl'
import { kernel } from '../gpu/kernel.ts'

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
