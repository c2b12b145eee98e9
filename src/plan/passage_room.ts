// How many passages an answer may read again. They stand in the document's slots, in its place, so they take no room of their
// own: what the smallest KV head has besides the tail is what there is.
import type { Settings } from '../api/settings.ts'

/** Tokens of a passage. */
export interface PassageLength {
  readonly target: number
  readonly most: number
}

/** Long enough to hold a fact with what it is about, short enough that a few of them are read in a moment. */
export const usualLength: PassageLength = { target: 128, most: 192 }

/** Passages that are read again where nobody says how many. Models to 1.5B answer better from four than from eight: docs/research/recall.md. */
const usualPassages = 4

/** Tokens before the first passage, as most chat templates have, and between two. The tail takes what a longer one has. */
const templateTokens = 64
const betweenTokens = 4

/** Bytes through which a copy of the document's cache leaves the GPU, portion by portion. */
export const stagingBytes = 4 * 2 ** 20

/** Tokens that may stand in the document's place, behind the template. @param budgets (layer, kv head) */
export function roomForText(
  { policy, burst, chunk }: Pick<Settings, 'policy' | 'burst' | 'chunk'>,
  budgets: readonly (readonly number[])[],
): number {
  if (policy.name === 'full') return Infinity
  return Math.max(0, Math.min(...budgets.flat()) + burst + chunk - templateTokens)
}

/** Passages that fit. @param budgets (layer, kv head) */
export function mostPassages(
  settings: Pick<Settings, 'policy' | 'burst' | 'chunk'>,
  budgets: readonly (readonly number[])[],
): number {
  return Math.floor(roomForText(settings, budgets) / (usualLength.most + betweenTokens))
}

export function defaultPassages(most: number): number {
  return Math.max(1, Math.min(usualPassages, most))
}
