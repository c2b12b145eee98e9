// Which units of a KV head an answer is to see: those that the question looks at most, each with its neighbours in the text.
// A number or a name is several tokens, and a row that is found without the rows after it says nothing (RepairKV; measured:
// docs/research/recall.md).

/** Rows of the text that come along with a row that is chosen. */
export interface Neighbours {
  readonly before: number
  readonly after: number
}

export interface Choice {
  /** units that are chosen */
  readonly budget: number
  /** oldest units that are chosen whatever their scores */
  readonly sinks: number
  /** newest units that are chosen whatever their scores; sinks + newest ≤ budget */
  readonly newest: number
  readonly neighbours: Neighbours
}

/**
 * Chooses the units with the highest scores; of equal scores the later.
 * @param scores (token)
 * @returns tokens in ascending order, `budget` of them or all
 */
export function chooseUnits(
  scores: Float32Array,
  { budget, sinks, newest, neighbours }: Choice,
): Uint32Array<ArrayBuffer> {
  const count = scores.length
  if (count <= budget) return Uint32Array.from({ length: count }, (_, token) => token)
  const end = count - newest
  const grown = highestAround(scores, neighbours).subarray(sinks, end)
  const wanted = budget - sinks - newest
  const keys = sortableKeys(grown)
  const { threshold, ties } = thresholdOf(keys, wanted)
  const chosen = new Uint32Array(budget)
  let at = 0
  for (let token = 0; token < sinks; token++) chosen[at++] = token
  let skipped = keys.reduce((equal, key) => equal + Number(key === threshold), 0) - ties
  keys.forEach((key, i) => {
    if (key > threshold || (key === threshold && skipped-- <= 0)) chosen[at++] = sinks + i
  })
  for (let token = end; token < count; token++) chosen[at++] = token
  return chosen
}

/** Every score becomes the highest from `after` rows before it to `before` rows behind it. @param scores (token) */
export function highestAround(scores: Float32Array, { before, after }: Neighbours): Float32Array {
  const count = scores.length
  const highest = new Float32Array(count)
  const falling = new Uint32Array(count) // tokens of the window whose scores fall
  let first = 0
  let last = 0
  let next = 0
  for (let token = 0; token < count; token++) {
    for (; next < count && next <= token + before; next++) {
      const score = scores[next] ?? -Infinity
      while (last > first && (scores[falling[last - 1] ?? 0] ?? -Infinity) <= score) last--
      falling[last++] = next
    }
    while ((falling[first] ?? 0) + after < token) first++
    highest[token] = scores[falling[first] ?? 0] ?? -Infinity
  }
  return highest
}

/** Words that sort as the scores do. */
function sortableKeys(scores: Float32Array): Uint32Array {
  const words = new Uint32Array(Float32Array.from(scores).buffer)
  return words.map((word) => (word >>> 31 === 1 ? ~word : word | 0x80000000))
}

/**
 * The lowest key of the `wanted` highest, and how many of those equal to it are among them: a radix select, 16 bits at a time.
 */
function thresholdOf(keys: Uint32Array, wanted: number): { threshold: number; ties: number } {
  const upper = stepInto(keys, (key) => key >>> 16, wanted)
  const lower = stepInto(
    keys.filter((key) => key >>> 16 === upper.digit),
    (key) => key & 0xffff,
    upper.left,
  )
  return { threshold: ((upper.digit << 16) | lower.digit) >>> 0, ties: lower.left }
}

/** The digit in which the wanted-th highest key lies, and how many of the keys with it are wanted. */
function stepInto(
  keys: Uint32Array,
  digitOf: (key: number) => number,
  wanted: number,
): { digit: number; left: number } {
  const counts = new Uint32Array(65_536)
  for (const key of keys) {
    const digit = digitOf(key)
    counts[digit] = (counts[digit] ?? 0) + 1
  }
  let left = wanted
  for (let digit = counts.length - 1; digit >= 0; digit--) {
    const count = counts[digit] ?? 0
    if (count >= left) return { digit, left }
    left -= count
  }
  return { digit: 0, left }
}
