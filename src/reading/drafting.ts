// Drafts along an answer: what the next step may check, and what a step with a draft gives or would have given.
import type { DraftPace } from '../forward/draft_pace.ts'
import type { Drafter } from './drafter.ts'
import { fewTokens } from '../kernels/few_tokens.ts'

export interface Drafting {
  /** Takes the next id of the answer. */
  take(id: number): void
  /** Ids that may follow those taken, at most `most`. */
  next(most: number): readonly number[]
}

export function openDrafting(drafter: Drafter, pace: Pick<DraftPace, 'gave'>): Drafting {
  let draft = drafter.draft(fewTokens - 1)
  let given = 0 // ids since the draft was made
  return {
    take(id) {
      drafter.push(id)
      if (id === draft[given++]) return
      pace.gave(given) // those that were drafted, and the one after them
      draft = drafter.draft(fewTokens - 1)
      given = 0
    },
    next: (most) => draft.slice(given, given + most),
  }
}
