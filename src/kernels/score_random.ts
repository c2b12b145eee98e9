import source from '../../shaders/score_random.wgsl'
import { ceilDiv, kernel } from '../gpu/kernel.ts'
import { headRows } from './heads.ts'

/** Scores of the random policy. */
export const scoreRandom = kernel({
  name: 'score_random',
  source,
  params: {
    seed: 'u32',
    layer: 'u32',
    rows: 'u32',
    first_origin: 'u32',
  },
  heads: headRows,
  bindings: { scores: 'write' },
  constants: ['KV_HEADS'],
})

export function scoreRandomGrid(rows: number, kvHeads: number): readonly [number, number] {
  return [ceilDiv(rows, 64), kvHeads]
}
