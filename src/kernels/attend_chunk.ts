import f16 from '../../shaders/attend_chunk.wgsl?F16'
import f32 from '../../shaders/attend_chunk.wgsl?F32'
import int4 from '../../shaders/attend_chunk.wgsl?INT4'
import int8 from '../../shaders/attend_chunk.wgsl?INT8'
import { LongtabError } from '../api/errors.ts'
import { byCache, ceilDiv, kernel } from '../gpu/kernel.ts'
import type { HeadRows } from './heads.ts'

/** Attention of many tokens over the occupied slots, in one or more spans per KV head. */
export const attendChunk = byCache({ f16, f32, int8, int4 }, (source) =>
  kernel({
    name: 'attend_chunk',
    source,
    params: {
      rows: 'u32',
      own_positions: 'u32',
      qkv_width: 'u32',
      out_width: 'u32',
      window: 'u32',
      scale: 'f32',
      cap: 'f32',
    },
    heads: { offset: 'u32', first_slot: 'u32', first_span: 'u32', spans: 'u32' },
    bindings: {
      qkv: 'read',
      turned: 'read',
      values: 'read',
      rope_table: 'read',
      positions: 'read',
      output: 'write',
      lse: 'write',
    },
    constants: ['HEADS', 'KV_HEADS', 'QUERIES', 'SLOTS', 'HEAD_SIZE'],
  }),
)

/** Query rows and slots in the tile of one workgroup. */
export interface AttendTile {
  readonly QUERIES: number
  readonly SLOTS: number
}

/** Best first. Queries share a loaded key, so more queries are better; but few slots leave lanes idle. */
const tiles: readonly AttendTile[] = [
  { QUERIES: 64, SLOTS: 32 },
  ...[32, 16, 8, 4].flatMap((QUERIES) => [32, 16, 8].map((SLOTS) => ({ QUERIES, SLOTS }))),
]

/**
 * The best tile whose workgroup memory fits. Throws LongtabError `does-not-fit` when not even the smallest does.
 */
export function attendTile(headSize: number, workgroupBytes: number): AttendTile {
  const best = tiles.find((tile) => tileBytes(headSize, tile) <= workgroupBytes)
  if (best) return best
  const least = tileBytes(headSize, { QUERIES: 4, SLOTS: 8 })
  throw new LongtabError(
    'does-not-fit',
    `heads of size ${headSize} need ${least} bytes of workgroup memory but this device allows ${workgroupBytes}; choose a model with smaller heads`,
  )
}

function tileBytes(headSize: number, { QUERIES, SLOTS }: AttendTile): number {
  const quads = 2 * ceilDiv(headSize, 8)
  return 4 * QUERIES * (4 * quads + 1 + SLOTS + 1 + 8) + 16 * SLOTS * (quads + 1)
}

/** @param spans of all KV heads together */
export function attendChunkGrid(
  rows: number,
  group: number,
  spans: number,
  tile: AttendTile,
): readonly [number, number] {
  return [ceilDiv(rows * group, tile.QUERIES), spans]
}

/** Fields of a KV head in attend_chunk. */
export interface HeadSpans extends HeadRows {
  readonly first_span: number
  readonly spans: number
}

/**
 * Splits every KV head's slots into the fewest spans of at most `longest` slots, but into no more than `most` spans.
 * @param visible (kv head): slots that its rows see together
 */
export function spansOfRows(
  heads: readonly HeadRows[],
  visible: readonly number[],
  longest: number,
  most: number,
): HeadSpans[] {
  let first_span = 0
  return heads.map((head, kvHead) => {
    const spans = Math.max(1, Math.min(most, ceilDiv(visible[kvHead] ?? 0, longest)))
    first_span += spans
    return { ...head, first_span: first_span - spans, spans }
  })
}

/** Total of all KV heads. */
export function spanCount(heads: readonly HeadSpans[]): number {
  return heads.reduce((sum, { spans }) => sum + spans, 0)
}
