// Which tokens may come next: those whose bytes the grammar takes. Tokens are walked in the order of their bytes, so that what two
// have in common is looked at once, and a state's mask is kept for the next time.
import type { State } from './grammar.ts'

/** Masks that are kept. */
const mostKept = 256

export interface TokenMask {
  /** A bit for each token id, in words of 32. */
  of(state: State): Uint32Array<ArrayBuffer>
  /** Where a text stands behind a token. Undefined where it cannot follow. */
  after(state: State, id: number): State | undefined
}

/**
 * @param tokens bytes of each id; undefined for those that are no text
 * @param endIds may come where the text may end
 */
export function createTokenMask(
  tokens: readonly (Uint8Array | undefined)[],
  endIds: readonly number[],
): TokenMask {
  const words = Math.ceil(tokens.length / 32)
  const { ids, shared, starts, bytes } = inOrder(tokens)
  const kept = new Map<State, Uint32Array<ArrayBuffer>>()

  function maskOf(state: State): Uint32Array<ArrayBuffer> {
    const mask = new Uint32Array(words)
    const allow = (id: number) => (mask[id >>> 5] = (mask[id >>> 5] ?? 0) | (1 << (id & 31)))
    if (state.mayEnd) endIds.forEach(allow)
    const path: State[] = [state] // behind each byte of the token before
    let refused = Infinity // bytes of it up to the one that cannot follow
    for (let i = 0; i < ids.length; i++) {
      let depth = shared[i] ?? 0
      if (depth >= refused) continue
      refused = Infinity
      const start = starts[i] ?? 0
      const length = (starts[i + 1] ?? 0) - start
      for (let at = path[depth]; at !== undefined && depth < length;) {
        at = at.after(bytes[start + depth] ?? 0)
        depth++
        if (at === undefined) refused = depth
        else path[depth] = at
      }
      if (refused === Infinity) allow(ids[i] ?? 0)
    }
    return mask
  }

  return {
    of(state) {
      const known = kept.get(state)
      if (known) return known
      if (kept.size === mostKept) kept.clear()
      const mask = maskOf(state)
      kept.set(state, mask)
      return mask
    },
    after: (state, id) =>
      tokens[id]?.reduce<State | undefined>((at, byte) => at?.after(byte), state),
  }
}

/** Tokens in the order of their bytes. */
interface InOrder {
  readonly ids: Uint32Array
  /** bytes that each has in common with the one before it */
  readonly shared: Uint32Array
  /** (tokens + 1): where the bytes of each begin, and the end of all */
  readonly starts: Uint32Array
  readonly bytes: Uint8Array
}

function inOrder(tokens: readonly (Uint8Array | undefined)[]): InOrder {
  const sorted = tokens
    .flatMap((bytes, id) => (bytes === undefined || bytes.length === 0 ? [] : [{ id, bytes }]))
    .sort((a, b) => compare(a.bytes, b.bytes))
  const starts = new Uint32Array(sorted.length + 1)
  for (const [i, { bytes }] of sorted.entries()) starts[i + 1] = (starts[i] ?? 0) + bytes.length
  const bytes = new Uint8Array(starts.at(-1) ?? 0)
  for (const [i, token] of sorted.entries()) bytes.set(token.bytes, starts[i])
  return {
    ids: Uint32Array.from(sorted, ({ id }) => id),
    shared: Uint32Array.from(sorted, ({ bytes }, i) => sharedLength(sorted[i - 1]?.bytes, bytes)),
    starts,
    bytes,
  }
}

function compare(a: Uint8Array, b: Uint8Array): number {
  const at = sharedLength(a, b)
  return (a[at] ?? -1) - (b[at] ?? -1)
}

function sharedLength(a: Uint8Array | undefined, b: Uint8Array): number {
  if (a === undefined) return 0
  let length = 0
  while (length < a.length && length < b.length && a[length] === b[length]) length++
  return length
}
