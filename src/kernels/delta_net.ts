// What the kernels of a gated delta net have in common.
import type { DeltaNetShape } from '../api/description.ts'
import { ceilDiv } from '../gpu/kernel.ts'

/** Tokens whose changes are computed together: CHUNK of delta_decay.wgsl. */
export const deltaChunk = 32

/** Columns of a value head's state that a workgroup has. */
const slice = 16

export function deltaConstants({
  keyHeads,
  valueHeads,
  keySize,
  valueSize,
  sharing,
}: DeltaNetShape) {
  return {
    KEY_HEADS: keyHeads,
    VALUE_HEADS: valueHeads,
    KEY_SIZE: keySize,
    VALUE_SIZE: valueSize,
    IN_TURN: sharing === 'in turn' ? 1 : 0,
  }
}

/** Of delta_scan and delta_step. */
export function deltaStateGrid({
  valueHeads,
  valueSize,
}: Pick<DeltaNetShape, 'valueHeads' | 'valueSize'>): readonly [number, number] {
  return [valueSize / slice, valueHeads]
}

/** Values that delta_within writes. */
export function deltaWithinValues(
  { valueHeads }: Pick<DeltaNetShape, 'valueHeads'>,
  rows: number,
): number {
  return ceilDiv(rows, deltaChunk) * valueHeads * 2 * deltaChunk ** 2
}
