import source from '../../shaders/draw_scores.wgsl'
import { ceilDiv, kernel } from '../gpu/kernel.ts'

/** Scores whose highest are NACL's draw. The thresholds are `select`'s, for the slots that are certain to stay. */
export const drawScores = kernel({
  name: 'draw_scores',
  source,
  params: { seed: 'u32', layer: 'u32' },
  heads: { offset: 'u32', pinned: 'u32', occupied: 'u32', kv_head: 'u32' },
  bindings: { thresholds: 'read', origins: 'read', scores: 'write' },
  constants: ['KV_HEADS'],
})

/** @param slots in the head that has most */
export function drawScoresGrid(slots: number, heads: number): readonly [number, number] {
  return [ceilDiv(slots, 64), heads]
}
