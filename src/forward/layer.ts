// The data that forward.ts and the policies need to record kernels for one layer of one pass.
import type { LayerCache } from './cache.ts'
import type { Recorder } from '../gpu/recorder.ts'
import type { HeadRows } from '../kernels/heads.ts'
import type { DeltaNetShape, LayerAttention, ModelDescription } from '../api/description.ts'
import type { Settings } from '../api/settings.ts'
import { keepingLayers } from '../model/layer_kinds.ts'
import { padded } from '../model/matrix.ts'
import type {
  AttentionWeights,
  CommonWeights,
  ConvolutionLayerWeights,
  DeltaNetLayerWeights,
} from '../model/weights.ts'
import type { Policy } from './policy.ts'
import type { KernelsOfLayer } from './kernel_set.ts'
import type { Matvecs } from './matrix_kernels.ts'
import type { Scratch, SlotScratch } from './scratch.ts'

/** The tokens of a pass. */
export interface Pass {
  readonly count: number
  /** tokens of the same chunk in earlier and later passes; while answering every pass is a chunk of its own */
  readonly before: number
  readonly after: number
  /** a document or a question begins with this pass, so there are no logits for its first token */
  readonly opens: boolean
  /** a later eviction may use these tokens' scores */
  readonly scored: boolean
  /** nobody looks at the rows that leave the model, so layers behind the last that keeps anything are left out */
  readonly onlyKeeps?: boolean
  /** of a pass of a few tokens that is a decode step; other passes of several tokens are blocks */
  readonly fewMatvecs?: Matvecs | undefined
  /** called in every layer of attention once that is recorded: q, k, v and lse of the tokens are in the scratch */
  readonly observe?: ((layer: Layer) => void) | undefined
  /** called in every layer after each step is recorded */
  readonly afterStep?: ((step: LayerStep, layer: AnyLayer) => void) | undefined
}

/** A step of a layer, see run_layer.ts. */
export type LayerStep = AttentionStep | ConvolutionStep | DeltaNetStep

export type AttentionStep =
  'projectQkv' | 'attend' | 'scoreUnits' | 'gateAttended' | 'addAttention' | FeedForwardStep

/** Of a layer that reads keys and values of an earlier one. */
export type SharedAttentionStep = Exclude<AttentionStep, 'scoreUnits' | 'gateAttended'>

export type ConvolutionStep = 'projectGates' | 'convolve' | 'addConvolution' | FeedForwardStep

export type DeltaNetStep =
  'projectMixed' | 'convolveMixed' | 'associate' | 'gateReadout' | 'addReadout' | FeedForwardStep

export type FeedForwardStep = 'gateRows' | 'addFeedForward' | 'addLayerInput' | 'scaleResidual'

/** Layers that a pass runs through. */
export function layersOf(pass: Pick<Pass, 'onlyKeeps'>, model: ModelDescription): number {
  return pass.onlyKeeps ? keepingLayers(model) : model.layers
}

/** A pass that is a whole chunk. */
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

/** (kv head): the slots of the next tokens. */
export function nextRows({ heads }: LayerCache): HeadRows[] {
  return heads.map(({ offset, occupied }) => ({ offset, first_slot: occupied }))
}

/** (kv head): rows in the same slots of every head. */
export function rowsFrom({ heads }: LayerCache, first_slot: number): HeadRows[] {
  return heads.map(({ offset }) => ({ offset, first_slot }))
}

/** What the steps of layers of every kind take. */
export interface CommonLayer {
  readonly index: number
  /** with the heads and widths of this layer */
  readonly model: ModelDescription
  readonly weights: CommonWeights
  readonly pass: Pass
  readonly rows: Pick<Rows, 'count' | 'firstOrigin'>
  readonly recorder: Recorder
  readonly kernels: KernelsOfLayer
  /** of a decode step; undefined for a block */
  readonly matvecs: Matvecs | undefined
  readonly scratch: Scratch
}

/** A layer that is a short convolution. */
export interface ConvolutionLayer extends CommonLayer {
  readonly kind: 'short convolution'
  readonly weights: ConvolutionLayerWeights
  /** see LayerState */
  readonly inputs: GPUBuffer
  /** see Cache */
  readonly tailFrom: number
}

/** A layer that is a gated delta net. */
export interface DeltaNetLayer extends CommonLayer {
  readonly kind: 'gated delta net'
  readonly shape: DeltaNetShape
  readonly weights: DeltaNetLayerWeights
  /** see LayerState */
  readonly inputs: GPUBuffer
  /** see LayerState */
  readonly associations: GPUBuffer
  /** see Cache */
  readonly tailFrom: number
}

/** Of any kind. */
export type AnyLayer = Layer | ConvolutionLayer | DeltaNetLayer

/** A layer of attention. */
export interface Layer extends CommonLayer {
  readonly kind: 'attention' | 'shared attention'
  /** this layer's attention: window and rotary embedding */
  readonly attention: LayerAttention
  readonly settings: Settings
  readonly weights: AttentionWeights
  /** in shared attention that of the layer whose keys and values it reads */
  readonly cache: LayerCache
  /** (slot): see Cache */
  readonly slotPositions: GPUBuffer
  /** without hooks where no eviction will use the scores */
  readonly policy: Pick<Policy, 'score' | 'observe'>
  readonly rows: Rows
  /**
   * mean number of visible slots per KV head over all layers. Heads with many more are split into spans. Infinity splits
   * none: with equal budgets, for one token, and in training.
   */
  readonly meanSlots: number
  /** (digit, value, pair) of (cos, sin) for this layer */
  readonly ropeTable: GPUBuffer
  readonly slotScratch: SlotScratch
}

/**
 * Rotary positions of the slots, for keys and for the queries of their tokens: the slot numbers, one row for all heads,
 * or every KV head's own origins.
 */
export function rotaryPositions({
  settings,
  cache,
  slotPositions,
}: Pick<Layer, 'settings' | 'cache' | 'slotPositions'>): {
  readonly positions: GPUBuffer
  /** 1 where every KV head has its own row */
  readonly own_positions: 0 | 1
} {
  if (settings.positions === 'slot') return { positions: slotPositions, own_positions: 0 }
  return { positions: cache.origins, own_positions: 1 }
}

/** Values in a padded row [q; k; v]. */
export function qkvWidth({ heads, kvHeads, headSize }: Layer['model']): number {
  return padded((heads + 2 * kvHeads) * headSize)
}

/** The same of a layer of either kind; in shared attention a row is q alone. */
export function rowWidth({ weights }: Pick<Layer, 'weights'>): number {
  return padded(weights.qkv.outs)
}

/** A window that no cache reaches: the largest u32. */
export const noWindow = 2 ** 32 - 1

/** Newest slots that a token of this layer sees. */
export function windowOf({ attention }: Pick<Layer, 'attention'>): number {
  return attention.window ?? noWindow
}

/** Weights of norms of turned queries and keys, for every kernel that turns queries. Ones where there are none. */
export function turnedNormsOf({
  weights,
  scratch,
}: {
  readonly weights: AttentionWeights
  readonly scratch: Scratch
}): GPUBuffer {
  return weights.turnedNorms ?? scratch.ones
}

/** Parameters of every kernel that computes attention scores from q · k. */
export function scoringOf({ attentionScale, attentionCap }: ModelDescription) {
  return { scale: attentionScale, cap: attentionCap ?? 0 }
}
