// Joins several rankings of the same passages into one: reciprocal rank fusion (Cormack, Clarke and Büttcher 2009). Ranks
// can be joined where scores of different kinds cannot.
/** The paper's: how little the first places of one ranking outweigh agreement among all. */
const smoothing = 60

export interface Fused {
  readonly passage: number
  readonly score: number
}

/** @param rankings passages, each the best first; a passage may be missing in some */
export function fuseRanks(rankings: readonly (readonly number[])[]): Fused[] {
  const scores = new Map<number, number>()
  for (const ranking of rankings) {
    for (const [rank, passage] of ranking.entries())
      scores.set(passage, (scores.get(passage) ?? 0) + 1 / (smoothing + rank + 1))
  }
  return Array.from(scores, ([passage, score]) => ({ passage, score })).sort(
    (a, b) => b.score - a.score || a.passage - b.passage,
  )
}
