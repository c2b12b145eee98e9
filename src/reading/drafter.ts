// Drafts of the next ids, looked up in what the answer may repeat: the text that it is given from, the question and the
// answer itself (prompt look-up: A. Saxena, 2023; `prompt_lookup_num_tokens` in transformers). The ids that followed the
// longest earlier occurrence of the latest ids are the draft. The model then checks all of them in one step.

/** Latest ids that are compared with those of an earlier occurrence. */
const longestMatch = 8

/** Earlier occurrences of the latest id that are compared. */
const mostCompared = 64

export interface Drafter {
  /** Takes the next id of the answer. */
  push(id: number): void
  /** At most `most` ids that may follow; none where the latest id is new. */
  draft(most: number): readonly number[]
}

/**
 * @param texts ids of what the answer may repeat, one after the other
 * @param vocabulary every id is below it
 */
export function createDrafter(texts: readonly ArrayLike<number>[], vocabulary: number): Drafter {
  const ids: number[] = []
  /** (id): index of its latest occurrence plus 1, 0 for none */
  const latest = new Int32Array(vocabulary)
  /** (index): the same for the occurrence before */
  const before: number[] = []

  function push(id: number): void {
    before.push(latest[id] ?? 0)
    latest[id] = ids.push(id)
  }

  /** Ids before index `end` that are those at the end of all, at most `longestMatch`. */
  function matchBefore(end: number): number {
    let matched = 0
    while (
      matched < Math.min(longestMatch, end) &&
      ids[end - 1 - matched] === ids[ids.length - 1 - matched]
    )
      matched++
    return matched
  }

  for (const text of texts) for (let i = 0; i < text.length; i++) push(text[i] ?? 0)
  return {
    push,
    draft(most) {
      let from = 0
      let longest = 0
      let end = before[ids.length - 1] ?? 0
      for (let compared = 0; end > 0 && compared < mostCompared; compared++) {
        const matched = matchBefore(end)
        if (matched > longest) {
          from = end
          longest = matched
        }
        end = before[end - 1] ?? 0
      }
      return longest === 0 ? [] : ids.slice(from, from + most)
    },
  }
}
