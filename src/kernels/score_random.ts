import source from '../../shaders/score_random.wgsl'
import { ceilDiv, kernel } from '../gpu/kernel.ts'

/** Scores of the random policy. */
export const scoreRandom = kernel({
  name: 'score_random',
  source,
  params: {
    seed: 'u32',
    layer: 'u32',
    rows: 'u32',
    first_slot: 'u32',
    first_origin: 'u32',
    capacity: 'u32',
  },
  bindings: { scores: 'write' },
  constants: [],
})

export function scoreRandomGrid(rows: number, kvHeads: number): readonly [number, number] {
  return [ceilDiv(rows, 64), kvHeads]
}
