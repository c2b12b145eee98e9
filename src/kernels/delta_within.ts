import source from '../../shaders/delta_within.wgsl'
import type { DeltaNetShape } from '../api/description.ts'
import { ceilDiv, kernel } from '../gpu/kernel.ts'
import { deltaChunk } from './delta_net.ts'

/** What the tokens of every chunk of a block change in one another. */
export const deltaWithin = kernel({
  name: 'delta_within',
  source,
  params: { rows: 'u32', mixed_width: 'u32', convolved_quads: 'u32' },
  bindings: { mixed: 'read', convolved: 'read', decays: 'read', within: 'write' },
  constants: ['VALUE_HEADS', 'KEY_HEADS', 'KEY_SIZE', 'VALUE_SIZE', 'IN_TURN'],
})

export function deltaWithinGrid(
  { valueHeads }: Pick<DeltaNetShape, 'valueHeads'>,
  rows: number,
): readonly [number, number] {
  return [valueHeads, ceilDiv(rows, deltaChunk)]
}
