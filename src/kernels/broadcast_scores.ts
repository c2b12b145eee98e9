import source from '../../shaders/broadcast_scores.wgsl'
import { ceilDiv, kernel } from '../gpu/kernel.ts'
import { headRows } from './heads.ts'

/** Copies one score per token to every KV head. */
export const broadcastScores = kernel({
  name: 'broadcast_scores',
  source,
  params: { rows: 'u32', unpredicted: 'u32' },
  heads: headRows,
  bindings: { values: 'read', scores: 'write' },
  constants: ['KV_HEADS'],
})

export function broadcastScoresGrid(rows: number, kvHeads: number): readonly [number, number] {
  return [ceilDiv(rows, 64), kvHeads]
}
