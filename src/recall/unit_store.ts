// Every unit that was read, kept outside the GPU: its key before rotation and its value, packed as cache rows. A document's
// length is not known before its end, so rows lie in segments of as many tokens each. The first segments stay in memory, those
// beyond go to a private file.
import type { ModelDescription } from '../api/description.ts'
import { rowBytes } from '../plan/cache_bytes.ts'
import { LongtabError } from '../api/errors.ts'
import { megabytes } from '../api/sizes.ts'
import type { CacheStorage } from '../api/settings.ts'
import type { Folder } from '../files/store/folder.ts'
import type { Part } from '../saved/part.ts'
import type { SavedFile } from '../saved/read.ts'
import { PrivateBlocks } from './private_blocks.ts'

/** Which of a unit's rows. */
export type RowKind = 'keys' | 'values'

const kinds: readonly RowKind[] = ['keys', 'values']

const partName = 'units'

/** New units of one block of tokens, as the GPU gives them. Shape: (layer, key or value, KV head, token, row). */
export interface UnitBlock {
  readonly bytes: Uint8Array
  readonly tokens: number
}

export interface UnitStore {
  /** tokens whose units are kept */
  readonly tokens: number
  /** bytes of memory that their segments take */
  readonly bytes: number
  /** tokens of a segment; the last one may hold fewer */
  readonly segmentTokens: number
  /** Throws LongtabError `out-of-memory`. */
  readonly append: (block: UnitBlock) => void
  /** Rows of one segment in one layer. Shape: (KV head, segmentTokens, row); rows beyond the last token are zero. */
  readonly segment: (
    layer: number,
    kind: RowKind,
    segment: number,
  ) => Promise<Uint8Array<ArrayBuffer>>
  /** Copies the rows of some tokens, in the order given. @param into (token, row) */
  readonly gather: (
    place: { readonly layer: number; readonly kind: RowKind; readonly kvHead: number },
    tokens: Uint32Array,
    into: Uint8Array,
  ) => Promise<void>
  /** To be saved, beside `tokens`. */
  readonly part: () => Part
  /** Takes what was saved; it was cleared before. Throws LongtabError `bad-file` or `out-of-memory`. */
  readonly open: (file: SavedFile, tokens: number) => Promise<void>
  /** Forgets all, and gets ready for the next document. */
  readonly clear: () => Promise<void>
}

/** Bytes of segments that stay in memory. */
const usualMemory = 512 * 2 ** 20

/**
 * @param segmentTokens tokens of a segment, at least 1
 * @param folder see PrivateBlocks
 * @param memory bytes of segments that stay in memory where there is a private file
 */
export function createUnitStore(
  shape: Pick<ModelDescription, 'layers' | 'kvHeads' | 'headSize'>,
  storage: CacheStorage,
  segmentTokens: number,
  folder?: Folder,
  memory = usualMemory,
): UnitStore {
  const { layers, kvHeads } = shape
  const row = rowBytes(shape.headSize, storage)
  const headBytes = segmentTokens * row
  const kindBytes = kvHeads * headBytes
  const segmentBytes = layers * kinds.length * kindBytes
  const memorySegments = Math.floor(memory / segmentBytes)
  const filed = new PrivateBlocks(folder, segmentBytes)
  /** undefined in the file, else (layer, key or value, KV head, token, row) */
  let segments: (Uint8Array<ArrayBuffer> | undefined)[] = []
  let tokens = 0

  const startOf = (layer: number, kind: RowKind, kvHead: number) =>
    (layer * kinds.length + kinds.indexOf(kind)) * kindBytes + kvHead * headBytes

  const newest = (): Uint8Array<ArrayBuffer> => {
    const found = segments.at(-1)
    if (!found) throw new Error('the store has no segment to fill')
    return found
  }

  /** Bytes of a segment, wherever it is. */
  async function bytesOf(index: number, first: number, count: number) {
    if (index >= segments.length) throw new Error(`the store has no segment ${index}`)
    const held = segments[index]
    if (held) return held.subarray(first, first + count)
    const read = new Uint8Array(count)
    await filed.read(index - memorySegments, first, read)
    return read
  }

  /** Once it is full. */
  function letGo(index: number): void {
    const held = segments[index]
    if (held && index >= memorySegments && filed.write(index - memorySegments, held))
      segments[index] = undefined
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
      return segments.filter((segment) => segment !== undefined).length * segmentBytes
    },
    segmentTokens,
    append(block) {
      for (let taken = 0; taken < block.tokens;) {
        const first = tokens % segmentTokens // in the segment
        if (first === 0) segments.push(newSegment())
        const segment = newest()
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
        if (tokens % segmentTokens === 0) letGo(segments.length - 1)
      }
    },
    segment: (layer, kind, index) => bytesOf(index, startOf(layer, kind, 0), kindBytes),
    async gather({ layer, kind, kvHead }, chosen, into) {
      const start = startOf(layer, kind, kvHead)
      for (let i = 0; i < chosen.length;) {
        const token = chosen[i] ?? 0
        const inSegment = token % segmentTokens
        // tokens that follow each other are copied together, since those in the file are many small reads
        let count = 1
        while (chosen[i + count] === token + count && inSegment + count < segmentTokens) count++
        const index = Math.floor(token / segmentTokens)
        into.set(await bytesOf(index, start + inSegment * row, count * row), i * row)
        i += count
      }
    },
    part() {
      async function* bytes() {
        for (const index of segments.keys()) yield await bytesOf(index, 0, segmentBytes)
      }
      // (segment, layer, key or value, KV head, token, row); rows beyond the last token are zero
      const shape = [segments.length, layers, kinds.length, kvHeads, segmentTokens, row]
      return { name: partName, dtype: 'U8', shape, bytes }
    },
    async open(file, saved) {
      file.requireBytes(partName, Math.ceil(saved / segmentTokens) * segmentBytes)
      let filled = 0
      for await (const portion of file.read(partName)) {
        for (let taken = 0; taken < portion.length;) {
          if (filled === 0) segments.push(newSegment())
          const some = portion.subarray(taken, taken + segmentBytes - filled)
          newest().set(some, filled)
          taken += some.length
          filled += some.length
          if (filled < segmentBytes) continue
          filled = 0
          tokens = Math.min(saved, segments.length * segmentTokens)
          if (tokens % segmentTokens === 0) letGo(segments.length - 1)
        }
      }
    },
    async clear() {
      segments = []
      tokens = 0
      await filed.close()
      await filed.open()
    },
  }
}
