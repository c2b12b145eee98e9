// The policies: how slots are scored when a token arrives, after attention, and before an eviction.
import type { PolicyName } from '../src/api/policies.ts'
import type { Settings, StorageSettings } from '../src/api/settings.ts'
import { at } from './at.ts'
import { columnStats, type ColumnMeasure } from './column_stats.ts'
import { drawScores } from './draw_scores.ts'
import { keyDifference } from './key_difference.ts'
import { keyNorm } from './key_norm.ts'
import { meanHeads } from './mean_heads.ts'
import type { AttentionShape, LayerCache, ReferenceModel } from './model.ts'
import { pool } from './pool.ts'
import { keyPositions } from './positions.ts'
import { project } from './project.ts'
import { randomScore } from './random.ts'
import { runningMean } from './running_mean.ts'
import { score } from './score.ts'
import { select, type Eviction } from './select.ts'

export interface ReadingSettings extends Omit<Settings, 'recall' | 'local' | 'storage'> {
  /** exact if absent */
  readonly storage?: Pick<StorageSettings, 'cache'>
}

/** The slots of a block of rows: row r goes to slot firstSlots[kvHead] + r, with origin `firstOrigin` + r. */
export interface Block {
  readonly rows: number
  /** (kvHead) */
  readonly firstSlots: readonly number[]
  readonly firstOrigin: number
}

/**
 * Writes the scores of a block's tokens, here always a whole chunk's, into their slots. `qkv` (rows, q · k · v) is before
 * rotation.
 */
export function judge(
  qkv: Float32Array,
  cache: LayerCache,
  block: Block,
  layerIndex: number,
  { layers }: ReferenceModel,
  { policy }: ReadingSettings,
): void {
  if (policy.name === 'locret' || policy.name === 'locret+lococo') {
    const layer = layers[layerIndex]
    const head = layer && 'retaining' in layer ? layer.retaining : undefined
    if (head === undefined) throw new Error(`layer ${layerIndex} has no retaining head`)
    const hidden = project(qkv, head.fc1, qkv.length / block.rows)
    score(hidden, head, cache, block.firstSlots)
    const chunk = cache.heads.map(({ offset }, kvHead) => {
      const first = at(block.firstSlots, kvHead)
      return { offset, first, end: first + block.rows }
    })
    pool.highest(cache, chunk, policy.pool ?? 0)
  }
  if (policy.name === 'knorm') keyNorm(cache, block.firstSlots, block.rows)
  if (policy.name === 'random') {
    for (const [kvHead, { offset }] of cache.heads.entries()) {
      for (let row = 0; row < block.rows; row++) {
        const origin = block.firstOrigin + row
        cache.scores[offset + at(block.firstSlots, kvHead) + row] = randomScore(
          policy.seed ?? 0,
          layerIndex,
          kvHead,
          origin,
        )
      }
    }
  }
}

/** How a policy scores by the last queries of a chunk. */
interface QueryWindow {
  readonly queries: number
  readonly sum: ColumnMeasure
  /** with neighbours on either side */
  readonly pooled: { readonly by: keyof typeof pool; readonly reach: number }
  /** newest slots that stay */
  readonly spared: number
}

const windows: Partial<Record<PolicyName, QueryWindow>> = {
  snapkv: { queries: 32, sum: 'sumOfShares', pooled: { by: 'mean', reach: 2 }, spared: 32 },
  'kv-compress': {
    queries: 32,
    sum: 'sumOfSquares',
    pooled: { by: 'highest', reach: 3 },
    spared: 50,
  },
}

/** Slots in use for each of a chunk's last queries by which NACL scores. */
const slotsPerProxy = 100

/** Updates the scores with the attention that a block, here always a whole chunk, gave to the slots. */
export function observe(
  qkv: Float32Array,
  cache: LayerCache,
  { rows, firstSlots, firstOrigin }: Block,
  shape: AttentionShape,
  { budget, burst, chunk, policy: { name }, positions }: ReadingSettings,
): void {
  const window = windows[name]
  const occupied = firstSlots.map((slot) => slot + rows)
  const sums = (queries: number) => {
    const asking = Math.min(rows, queries)
    const asked = { firstRow: rows - asking, rows: asking, firstSlots }
    const rotary = keyPositions(positions, cache)
    return columnStats(window?.sum ?? 'sumOfShares', qkv, cache, rotary, shape, asked, occupied)
  }
  if (name === 'h2o') runningMean(sums(rows), cache, occupied, firstOrigin, rows)
  const nacl = Math.max(1, Math.floor((budget + burst + chunk) / slotsPerProxy))
  const asked: Partial<Record<PolicyName, number>> = { nacl, tova: 1, lococo: rows, kvmerger: rows }
  const queries = window?.queries ?? asked[name]
  if (queries !== undefined) {
    const found = sums(queries)
    let start = 0
    cache.heads.forEach(({ offset }, kvHead) => {
      const end = start + at(occupied, kvHead)
      cache.scores.set(found.subarray(start, end), offset)
      start = end
    })
  }
}

/**
 * Updates the scores of the evicting KV heads with the cache's contents before an eviction.
 * @returns the evictions, with the slots that the policy itself protects
 */
export function reconsider(
  cache: LayerCache,
  evictions: readonly Eviction[],
  shape: AttentionShape,
  layerIndex: number,
  { policy: { name, drawnShare = 0, seed = 0 }, positions }: ReadingSettings,
): readonly Eviction[] {
  if (name === 'keydiff') keyDifference(cache, keyPositions(positions, cache), shape, evictions)
  const [any] = evictions
  if (name === 'tova' && any) meanHeads(cache, any.pinned)
  if (name === 'nacl') {
    const certain = evictions.map((eviction) => {
      const { survivors, first, last } = eviction
      const drawn = Math.floor((survivors - first - last) * drawnShare)
      return { ...eviction, survivors: survivors - drawn }
    })
    drawScores(cache, evictions, select(cache.scores, certain), seed, layerIndex)
  }
  const window = windows[name]
  if (!window) return evictions
  const { pooled, spared } = window
  const sparing = evictions.map((eviction) => {
    const { survivors, first, last } = eviction
    return { ...eviction, last: Math.max(last, Math.min(spared, survivors - first)) }
  })
  const regions = sparing.map(({ offset, pinned, occupied, last }) => ({
    offset,
    first: pinned,
    end: Math.max(pinned, occupied - last),
  }))
  pool[pooled.by](cache, regions, pooled.reach)
  return sparing
}
