// One layer of one pass: the data that forward.ts and the policies record kernels with.
import type { LayerCache } from './cache.ts'
import type { Recorder } from '../gpu/recorder.ts'
import type { HeadRows } from '../kernels/heads.ts'
import type { LayerAttention, ModelDescription } from '../api/description.ts'
import type { Settings } from '../api/settings.ts'
import { padded } from '../model/matrix.ts'
import type { LayerWeights } from '../model/weights.ts'
import type { Policy } from './policy.ts'
import type { KernelSet } from './kernel_set.ts'
import type { Scratch, Spans } from './scratch.ts'

/** The tokens of a pass. */
export interface Pass {
  readonly count: number
  /** tokens of the same chunk in passes before and after; while answering every pass is a chunk of its own */
  readonly before: number
  readonly after: number
  /** with these a document or a question begins: nothing foretells the first of them */
  readonly opens: boolean
  /** an eviction may come that goes by the scores of these */
  readonly scored: boolean
}

/** A pass that is a chunk of its own. */
export function alone(count: number, scored = true): Pass {
  return { count, before: 0, after: 0, opens: false, scored }
}

/** The tokens of a pass in one layer: row r goes to slot first_slot + r of every KV head, with origin firstOrigin + r. */
export interface Rows {
  readonly count: number
  /** (kv head) */
  readonly heads: readonly HeadRows[]
  readonly firstOrigin: number
}

/** (kv head): where the next tokens go. */
export function nextRows({ heads }: LayerCache): HeadRows[] {
  return heads.map(({ offset, occupied }) => ({ offset, first_slot: occupied }))
}

/** (kv head): rows that go to the same slots of every head. */
export function rowsFrom({ heads }: LayerCache, first_slot: number): HeadRows[] {
  return heads.map(({ offset }) => ({ offset, first_slot }))
}

export interface Layer {
  readonly index: number
  readonly model: ModelDescription
  /** how this layer looks back */
  readonly attention: LayerAttention
  readonly settings: Settings
  readonly weights: LayerWeights
  readonly cache: LayerCache
  /** (slot): see Cache */
  readonly slotPositions: GPUBuffer
  /** nothing where nobody asks for scores */
  readonly policy: Pick<Policy, 'score' | 'observe'>
  readonly pass: Pass
  readonly rows: Rows
  readonly recorder: Recorder
  readonly kernels: KernelSet
  readonly scratch: Scratch
  /**
   * slots that the tokens see in one KV head, in the mean of all in all layers; Infinity where no head is to be dealt out to
   * spans: all budgets are alike, or there is one token, or a training
   */
  readonly meanSlots: number
  /** (digit, value, pair) of (cos, sin): this layer's rotation */
  readonly ropeTable: GPUBuffer
  readonly spans: Spans
}

/**
 * Rotary positions of what lies in the slots, keys and the queries of their tokens alike: the slot itself, one row for all
 * heads, or every KV head's own origins.
 */
export function rotaryPositions({
  settings,
  cache,
  slotPositions,
}: Pick<Layer, 'settings' | 'cache' | 'slotPositions'>): {
  readonly positions: GPUBuffer
  /** 1 where every KV head has its own */
  readonly own_positions: 0 | 1
} {
  if (settings.positions === 'slot') return { positions: slotPositions, own_positions: 0 }
  return { positions: cache.origins, own_positions: 1 }
}

/** Values in a padded row [q; k; v]. */
export function qkvWidth({ heads, kvHeads, headSize }: Layer['model']): number {
  return padded((heads + 2 * kvHeads) * headSize)
}

/** As many slots as a kernel can be told of. */
const noWindow = 2 ** 32 - 1

/** Newest slots a token of this layer sees. */
export function windowOf({ attention }: Pick<Layer, 'attention'>): number {
  return attention.window ?? noWindow
}

/** How q · k becomes a score: parameters of every kernel that computes one. */
export function scoringOf({ attentionScale, attentionCap }: ModelDescription) {
  return { scale: attentionScale, cap: attentionCap ?? 0 }
}
