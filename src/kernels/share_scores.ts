import source from '../../shaders/share_scores.wgsl'
import { ceilDiv, kernel } from '../gpu/kernel.ts'
import { headRows } from './heads.ts'

/** One score per token for every KV head. */
export const shareScores = kernel({
  name: 'share_scores',
  source,
  params: { rows: 'u32', unforetold: 'u32' },
  heads: headRows,
  bindings: { values: 'read', scores: 'write' },
  constants: ['KV_HEADS'],
})

export function shareScoresGrid(rows: number, kvHeads: number): readonly [number, number] {
  return [ceilDiv(rows, 64), kvHeads]
}
