import source from '../../shaders/score.wgsl'
import { kernel } from '../gpu/kernel.ts'
import { headRows } from './heads.ts'

/** Second half of the retaining head: one score per token and KV head. */
export const score = kernel({
  name: 'score',
  source,
  params: { width: 'u32', row_width: 'u32' },
  heads: headRows,
  bindings: { hidden: 'read', bias: 'read', fc2: 'read', scores: 'write' },
  constants: ['KV_HEADS'],
})

/** One workgroup per token. */
export function scoreGrid(rows: number): readonly [number] {
  return [rows]
}
