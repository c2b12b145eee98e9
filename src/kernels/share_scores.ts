import source from '../../shaders/share_scores.wgsl'
import { ceilDiv, kernel } from '../gpu/kernel.ts'

/** One score per token for every KV head. */
export const shareScores = kernel({
  name: 'share_scores',
  source,
  params: { rows: 'u32', unforetold: 'u32', first_slot: 'u32', capacity: 'u32' },
  bindings: { values: 'read', scores: 'write' },
  constants: [],
})

export function shareScoresGrid(rows: number, kvHeads: number): readonly [number, number] {
  return [ceilDiv(rows, 64), kvHeads]
}
