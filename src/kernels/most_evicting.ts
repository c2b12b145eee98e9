import { headWords } from '../gpu/kernel.ts'
import { headEviction } from './heads.ts'

/** KV heads that `select` and `list_survivors` take in one dispatch: all, unless a uniform is too small on some device. */
export function mostEvicting({ layers, kvHeads }: { layers: number; kvHeads: number }): number {
  const guaranteed = 65_536
  return Math.min(layers * kvHeads, guaranteed / (4 * headWords(headEviction)))
}
