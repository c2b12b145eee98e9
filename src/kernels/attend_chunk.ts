import f16 from '../../shaders/attend_chunk.wgsl?F16'
import f16Half from '../../shaders/attend_chunk.wgsl?F16&HALF'
import f32 from '../../shaders/attend_chunk.wgsl?F32'
import int4 from '../../shaders/attend_chunk.wgsl?INT4'
import int8 from '../../shaders/attend_chunk.wgsl?INT8'
import { LongtabError } from '../api/errors.ts'
import type { CacheStorage } from '../api/settings.ts'
import { byCache, ceilDiv, kernel } from '../gpu/kernel.ts'
import type { HeadRows } from './heads.ts'

const declare = (source: string) =>
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
      turned_norms: 'read',
      positions: 'read',
      output: 'write',
      lse: 'write',
    },
    constants: ['HEADS', 'KV_HEADS', 'QUERIES', 'SLOTS', 'HEAD_SIZE'],
  })

/**
 * Attention of many tokens over the occupied slots, in one or more spans per KV head: by how workgroup memory holds keys,
 * values and shares, and by the cache.
 */
export const attendChunk = {
  f32: byCache({ f16, f32, int8, int4 }, declare),
  half: byCache({ f16: f16Half, f32, int8, int4 }, declare), // other caches than f16 lose nothing more
}

/** Query rows and slots in the tile of one workgroup. */
export interface TileSize {
  readonly QUERIES: number
  readonly SLOTS: number
}

export interface AttendTile extends TileSize {
  /** how workgroup memory holds keys, values and shares */
  readonly cell: keyof typeof attendChunk
}

/**
 * Best first. Queries share a loaded key, so more queries are better; but few slots leave lanes idle. Sizes that fit only
 * where a better one does are left out.
 */
const sizes: readonly TileSize[] = [
  { QUERIES: 64, SLOTS: 32 },
  ...[32, 16].flatMap((QUERIES) => [32, 16, 8].map((SLOTS) => ({ QUERIES, SLOTS }))),
  { QUERIES: 8, SLOTS: 16 },
  { QUERIES: 8, SLOTS: 8 },
  ...[8, 4, 2].map((SLOTS) => ({ QUERIES: 4, SLOTS })),
]

/** Bytes of a value in a tile. */
const cellBytes = { f32: 4, half: 2 }

/** Tiles that heads may have over this cache, larger ones first, of equal ones those without conversions. */
export function attendTiles(cache: CacheStorage): AttendTile[] {
  const cells: AttendTile['cell'][] = cache === 'f16' ? ['f32', 'half'] : ['f32']
  return sizes.flatMap((size) => cells.map((cell) => ({ ...size, cell })))
}

/**
 * The largest tile that fits the workgroup memory, in those cells with which more of its lanes fit. Throws LongtabError
 * `does-not-fit` when not even the smallest does.
 */
export function attendTile(
  headSize: number,
  workgroupBytes: number,
  cache: CacheStorage,
): AttendTile {
  const tiles = attendTiles(cache)
  const resident = (tile: AttendTile) => Math.floor(workgroupBytes / tileBytes(headSize, tile))
  const first = tiles.find((tile) => resident(tile) > 0)
  if (first) {
    const alike = tiles.filter(
      (tile) => tile.QUERIES === first.QUERIES && tile.SLOTS === first.SLOTS,
    )
    return alike.reduce((best, tile) => (resident(tile) > resident(best) ? tile : best))
  }
  const least = Math.min(...tiles.map((tile) => tileBytes(headSize, tile)))
  throw new LongtabError(
    'does-not-fit',
    `heads of size ${headSize} need ${least} bytes of workgroup memory but this device allows ${workgroupBytes}; choose a model with smaller heads`,
  )
}

/** Workgroup memory of a tile: queries and partial results in f32, the rest in its cells. */
export function tileBytes(headSize: number, { QUERIES, SLOTS, cell }: AttendTile): number {
  const quads = 2 * ceilDiv(headSize, 8)
  const fours = QUERIES / 4
  const cells = SLOTS * (quads + 1) + fours * (SLOTS + 1)
  return 16 * fours * (4 * quads + 1 + 8) + 4 * cellBytes[cell] * cells
}

/** @param spans of all KV heads together */
export function attendChunkGrid(
  rows: number,
  group: number,
  spans: number,
  tile: TileSize,
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
