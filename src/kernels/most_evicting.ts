import type { ModelDescription } from '../api/description.ts'
import { headWords } from '../gpu/kernel.ts'
import { kvHeadsOf } from '../model/layer_shape.ts'
import { headEviction } from './heads.ts'

/** KV heads that `select` and `list_survivors` take in one dispatch: all, unless a uniform is too small on some device. */
export function mostEvicting(
  model: Pick<ModelDescription, 'kinds' | 'kvHeads' | 'shapes'>,
): number {
  const guaranteed = 65_536
  return Math.min(kvHeadsOf(model), guaranteed / (4 * headWords(headEviction)))
}
