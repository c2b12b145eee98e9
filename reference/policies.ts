// The policies: how slots are scored when a token arrives, when it has been attended from, and when an eviction is due.
import type { Settings } from '../src/engine/settings.ts'
import { columnStats } from './column_stats.ts'
import { keyDifference } from './key_difference.ts'
import { keyNorm } from './key_norm.ts'
import { levelHeads } from './level_heads.ts'
import type { AttentionShape, LayerCache, ReferenceModel } from './model.ts'
import { pool } from './pool.ts'
import { firstPosition, keyPositions } from './positions.ts'
import { project } from './project.ts'
import { randomScore } from './random.ts'
import { runningMean } from './running_mean.ts'
import { score } from './score.ts'
import type { Eviction } from './select.ts'

export type ReadingSettings = Pick<
  Settings,
  | 'policy'
  | 'budget'
  | 'chunk'
  | 'stabilizers'
  | 'sinks'
  | 'keptShare'
  | 'burst'
  | 'pool'
  | 'allocation'
  | 'tail'
  | 'positions'
  | 'seed'
> &
  /** exact where codes are not asked for */
  Partial<Pick<Settings, 'cache'>>

/** Where a block of rows goes: row r into slot `firstSlot` + r, with origin `firstOrigin` + r. */
export interface Block {
  readonly rows: number
  readonly firstSlot: number
  readonly firstOrigin: number
}

/** Writes the scores of a block's tokens, here always a whole chunk's, into their slots. `qkv` (rows, q · k · v) is before rotation. */
export function judge(
  qkv: Float32Array,
  cache: LayerCache,
  block: Block,
  layerIndex: number,
  { description, layers }: ReferenceModel,
  settings: ReadingSettings,
): void {
  const { kvHeads } = description
  if (settings.policy === 'locret' || settings.policy === 'locret+lococo') {
    const head = layers[layerIndex]?.retaining
    if (head === undefined) throw new Error(`layer ${layerIndex} has no retaining head`)
    const hidden = project(qkv, head.fc1, qkv.length / block.rows)
    score(hidden, head.fc2, cache, kvHeads, block.firstSlot)
    const chunk = { first: block.firstSlot, end: block.firstSlot + block.rows }
    pool.highest(cache, kvHeads, chunk, settings.pool)
  }
  if (settings.policy === 'knorm') keyNorm(cache, kvHeads, block.firstSlot, block.rows)
  if (settings.policy === 'random') {
    for (let kvHead = 0; kvHead < kvHeads; kvHead++) {
      for (let row = 0; row < block.rows; row++) {
        const origin = block.firstOrigin + row
        cache.scores[kvHead * cache.slots + block.firstSlot + row] = randomScore(
          settings.seed,
          layerIndex,
          kvHead,
          origin,
        )
      }
    }
  }
}

/** Last queries of a chunk that SnapKV asks, whose slots stay. */
const observed = 32

/** Slots on either side over which SnapKV pools. */
const snapKvReach = 2

/** Brings the scores up to date with the attention that a block, here always a whole chunk, gave to the slots. */
export function observe(
  qkv: Float32Array,
  cache: LayerCache,
  { rows, firstSlot, firstOrigin }: Block,
  shape: AttentionShape,
  { policy, positions }: ReadingSettings,
): void {
  const occupied = firstSlot + rows
  const sums = (queries: number) => {
    const asking = Math.min(rows, queries)
    const place = {
      firstSlot,
      firstPosition: firstPosition(positions, { rows, firstSlot, firstOrigin }),
    }
    const asked = { firstRow: rows - asking, rows: asking, ...place }
    const at = keyPositions(positions, cache)
    return columnStats('sumOfShares', qkv, cache, at, shape, asked, occupied)
  }
  if (policy === 'h2o') runningMean(sums(rows), cache, shape.kvHeads, firstOrigin, rows)
  const asked = { snapkv: observed, tova: 1, lococo: rows }
  if (policy === 'snapkv' || policy === 'tova' || policy === 'lococo') {
    const found = sums(asked[policy])
    for (let kvHead = 0; kvHead < shape.kvHeads; kvHead++) {
      const row = found.subarray(kvHead * occupied, (kvHead + 1) * occupied)
      cache.scores.set(row, kvHead * cache.slots)
    }
  }
}

/**
 * Brings the scores up to date with what is in the cache when an eviction is due.
 * @returns the eviction with what the policy itself spares
 */
export function reconsider(
  cache: LayerCache,
  eviction: Eviction,
  shape: AttentionShape,
  { policy, positions }: ReadingSettings,
): Eviction {
  const { from, occupied, places, first } = eviction
  if (policy === 'keydiff') keyDifference(cache, keyPositions(positions, cache), shape, from)
  if (policy === 'tova') levelHeads(cache, from)
  if (policy !== 'snapkv') return eviction
  const last = Math.max(eviction.last, Math.min(observed, places - first))
  pool.mean(
    cache,
    shape.kvHeads,
    { first: from, end: Math.max(from, occupied - last) },
    snapKvReach,
  )
  return { ...eviction, last }
}
