// How many norms the queries and keys of a token have, and how wide they are.
import type { AttentionTensorNames, ModelDescription } from '../api/description.ts'

/** The norms of a row [q; k; v]. */
export interface HeadNorms {
  /** as the kernel names them */
  readonly constants: Readonly<Record<'QUERY_NORMS' | 'QUERY_WIDTH' | 'KEY_WIDTH', number>>
  /** of queries and of keys together */
  readonly count: number
}

export function headNormsOf(
  { heads, kvHeads, headSize }: Pick<ModelDescription, 'heads' | 'kvHeads' | 'headSize'>,
  { over }: Pick<NonNullable<AttentionTensorNames['headNorms']>, 'over'>,
): HeadNorms {
  const [queries, keys] = over === 'each head' ? [heads, kvHeads] : [1, 1]
  return {
    constants: {
      QUERY_NORMS: queries,
      QUERY_WIDTH: (heads / queries) * headSize,
      KEY_WIDTH: (kvHeads / keys) * headSize,
    },
    count: queries + keys,
  }
}
