// The known name that a mistyped one is meant for.

/** Letters to add, leave out or change. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (const [i, letter] of Array.from(a).entries()) {
    const next = [i + 1]
    for (const [j, other] of Array.from(b).entries()) {
      const [left = 0, up = 0, corner = 0] = [next[j], row[j + 1], row[j]]
      next.push(Math.min(left + 1, up + 1, corner + (letter === other ? 0 : 1)))
    }
    row = next
  }
  return row.at(-1) ?? 0
}

/** The known name with the fewest letters to change; the first of several. */
export function nearest(name: string, known: readonly string[]): string {
  const plain = name.toLowerCase().replace(/[^a-z]/g, '') // maxTokens is meant for max_tokens
  const far = (other: string) => distance(plain, other.replace(/[^a-z]/g, ''))
  return known.reduce((best, other) => (far(other) < far(best) ? other : best))
}
