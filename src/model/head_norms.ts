// How many norms the queries and keys of a token have, and how wide they are.
import type { AttentionTensorNames, ModelDescription } from '../api/description.ts'

/** The norms of a row [q; k; v]. */
export interface HeadNorms {
  readonly queryNorms: number
  readonly keyNorms: number
  /** values that a norm of queries covers */
  readonly queryWidth: number
  readonly keyWidth: number
}

export function headNormsOf(
  { heads, kvHeads, headSize }: Pick<ModelDescription, 'heads' | 'kvHeads' | 'headSize'>,
  { over }: Pick<NonNullable<AttentionTensorNames['headNorms']>, 'over'>,
): HeadNorms {
  const [queryNorms, keyNorms] = over === 'each head' ? [heads, kvHeads] : [1, 1]
  return {
    queryNorms,
    keyNorms,
    queryWidth: (heads / queryNorms) * headSize,
    keyWidth: (kvHeads / keyNorms) * headSize,
  }
}
