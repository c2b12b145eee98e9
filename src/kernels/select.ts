import source from '../../shaders/select.wgsl'
import { headWords, kernel } from '../gpu/kernel.ts'
import { headEviction } from './heads.ts'

/** The lowest score that stays; notes NaN among them. KV_HEADS: of all layers together. Grid: (evicting KV heads). */
export const select = kernel({
  name: 'select',
  source,
  params: {},
  heads: headEviction,
  bindings: { scores: 'read', thresholds: 'write', noted: 'write' },
  constants: ['KV_HEADS'],
})

/** KV heads that `select` and `list_survivors` take in one dispatch: all, unless a uniform is too small on some device. */
export function mostEvicting({ layers, kvHeads }: { layers: number; kvHeads: number }): number {
  const guaranteed = 65_536
  return Math.min(layers * kvHeads, guaranteed / (4 * headWords(headEviction)))
}
