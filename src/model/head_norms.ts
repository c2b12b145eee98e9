// How many norms the queries, keys and values of a token have, and how wide they are.
import type { AttentionTensorNames, ModelDescription } from '../api/description.ts'

/** The norms of a row [q; k; v], in this order. */
export interface HeadNorms {
  readonly queryNorms: number
  /** 0 in shared attention */
  readonly keyNorms: number
  /** without weights, as wide as those of keys; 0 almost everywhere */
  readonly valueNorms: number
  /** values that a norm of queries covers */
  readonly queryWidth: number
  readonly keyWidth: number
}

export function headNormsOf(
  { heads, kvHeads, headSize }: Pick<ModelDescription, 'heads' | 'kvHeads' | 'headSize'>,
  { over, of }: Pick<NonNullable<AttentionTensorNames['headNorms']>, 'over' | 'of'>,
): HeadNorms {
  const [queryNorms, ofKeys] = over === 'each head' ? [heads, kvHeads] : [1, 1]
  return {
    queryNorms,
    keyNorms: of === 'queries' ? 0 : ofKeys,
    valueNorms: of === 'queries, keys and values' ? ofKeys : 0,
    queryWidth: (heads / queryNorms) * headSize,
    keyWidth: (kvHeads / ofKeys) * headSize,
  }
}

/** Norms of a row. */
export function normsOfRow({ queryNorms, keyNorms, valueNorms }: HeadNorms): number {
  return queryNorms + keyNorms + valueNorms
}

/** Weights of all norms: those of queries, then those of keys. */
export function headNormValues({ queryWidth, keyNorms, keyWidth }: HeadNorms): number {
  return queryWidth + (keyNorms > 0 ? keyWidth : 0)
}
