// Every unit that was read, kept outside the GPU: its key before rotation and its value, packed as cache rows. A document's
// length is not known before its end, so rows lie in segments of as many tokens each, and no segment is ever moved.
import { rowBytes, type CacheShape } from '../plan/cache_bytes.ts'
import { LongtabError } from '../api/errors.ts'
import { megabytes } from '../gpu/memory.ts'
import type { CacheStorage } from '../api/settings.ts'

/** Which of a unit's rows. */
export type RowKind = 'keys' | 'values'

const kinds: readonly RowKind[] = ['keys', 'values']

/** New units of one block of tokens, as the GPU gives them. Shape: (layer, key or value, KV head, token, row). */
export interface UnitBlock {
  readonly bytes: Uint8Array
  readonly tokens: number
}

export interface UnitStore {
  /** tokens whose units are kept */
  readonly tokens: number
  /** bytes that their segments take */
  readonly bytes: number
  /** tokens of a segment; the last one may hold fewer */
  readonly segmentTokens: number
  /** Throws LongtabError `out-of-memory`. */
  readonly append: (block: UnitBlock) => void
  /** Rows of one segment in one layer. Shape: (KV head, segmentTokens, row); rows beyond the last token are zero. */
  readonly segment: (layer: number, kind: RowKind, segment: number) => Uint8Array<ArrayBuffer>
  /** Copies the rows of some tokens, in the order given. @param into (token, row) */
  readonly gather: (
    place: { readonly layer: number; readonly kind: RowKind; readonly kvHead: number },
    tokens: Uint32Array,
    into: Uint8Array,
  ) => void
  readonly clear: () => void
}

/** @param segmentTokens tokens of a segment, at least 1 */
export function createUnitStore(
  shape: CacheShape,
  storage: CacheStorage,
  segmentTokens: number,
): UnitStore {
  const { layers, kvHeads } = shape
  const row = rowBytes(shape.headSize, storage)
  const headBytes = segmentTokens * row
  const kindBytes = kvHeads * headBytes
  const segmentBytes = layers * kinds.length * kindBytes
  let segments: Uint8Array<ArrayBuffer>[] = [] // (layer, key or value, KV head, token, row)
  let tokens = 0

  const startOf = (layer: number, kind: RowKind, kvHead: number) =>
    (layer * kinds.length + kinds.indexOf(kind)) * kindBytes + kvHead * headBytes

  const segmentAt = (index: number): Uint8Array<ArrayBuffer> => {
    const found = segments[index]
    if (!found) throw new Error(`the store has no segment ${index}`)
    return found
  }

  function newSegment(): Uint8Array<ArrayBuffer> {
    try {
      return new Uint8Array(segmentBytes)
    } catch (cause) {
      throw new LongtabError(
        'out-of-memory',
        `the units of ${tokens.toLocaleString('en-US')} tokens take ${megabytes(segments.length * segmentBytes)} outside the GPU and there is no room for ${megabytes(segmentBytes)} more; choose recall none`,
        { cause },
      )
    }
  }

  return {
    get tokens() {
      return tokens
    },
    get bytes() {
      return segments.length * segmentBytes
    },
    segmentTokens,
    append(block) {
      for (let taken = 0; taken < block.tokens;) {
        const first = tokens % segmentTokens // in the segment
        if (first === 0) segments.push(newSegment())
        const segment = segmentAt(segments.length - 1)
        const count = Math.min(block.tokens - taken, segmentTokens - first)
        for (let head = 0; head < layers * kinds.length * kvHeads; head++) {
          const from = (head * block.tokens + taken) * row
          segment.set(
            block.bytes.subarray(from, from + count * row),
            head * headBytes + first * row,
          )
        }
        taken += count
        tokens += count
      }
    },
    segment(layer, kind, index) {
      const first = startOf(layer, kind, 0)
      return segmentAt(index).subarray(first, first + kindBytes)
    },
    gather({ layer, kind, kvHead }, chosen, into) {
      const start = startOf(layer, kind, kvHead)
      chosen.forEach((token, i) => {
        const segment = segmentAt(Math.floor(token / segmentTokens))
        const from = start + (token % segmentTokens) * row
        into.set(segment.subarray(from, from + row), i * row)
      })
    },
    clear() {
      segments = []
      tokens = 0
    },
  }
}
