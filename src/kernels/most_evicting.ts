import type { ModelDescription } from '../api/description.ts'
import { headWords } from '../gpu/kernel.ts'
import { attentionLayers } from '../model/layer_kinds.ts'
import { headEviction } from './heads.ts'

/** KV heads that `select` and `list_survivors` take in one dispatch: all, unless a uniform is too small on some device. */
export function mostEvicting(model: Pick<ModelDescription, 'kinds' | 'kvHeads'>): number {
  const guaranteed = 65_536
  return Math.min(
    attentionLayers(model).length * model.kvHeads,
    guaranteed / (4 * headWords(headEviction)),
  )
}
