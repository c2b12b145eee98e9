// `?debug=2` in the page's address: how much the engine says of itself in the console.
import type { DebugLevel } from '../index.ts'

const levels: readonly DebugLevel[] = [0, 1, 2, 3]

/** 0 where the query asks for none that there is. */
export function debugLevel(query: string): DebugLevel {
  const asked = new URLSearchParams(query).get('debug')
  return levels.find((level) => String(level) === asked) ?? 0
}
