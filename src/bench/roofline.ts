// The least work of every step, counted from the shapes: floating-point operations, and bytes when each operand is read
// once and each result written once. Divided by measured time and ceilings it gives MFU and MBU. Attention counts 4 ·
// head size per query and visible slot. Rotations, softmax and cache hits are left out.
import { keyValueBytes, paddedHead, rowBytes, turnedStorage } from '../plan/cache_bytes.ts'
import type { Plan } from '../plan/plan.ts'
import type { CacheStorage } from '../api/settings.ts'
import { attentionLayers, hasOutputGates } from '../model/layer_kinds.ts'
import { matrixBytes, padded } from '../model/matrix.ts'
import { headStorage } from '../model/matrix_sections.ts'
import type { ModelWeights } from '../model/weights.ts'
import { spansOf } from '../kernels/token_span.ts'
import { deltaNetWork, type DeltaNetWork } from './delta_net_work.ts'
import {
  headNormWork,
  normWork,
  normedWork,
  projectWork,
  storageOfAll,
  type Work,
} from './projection_work.ts'

/** Kernels; matrix products by the name of their matrix. */
export type Step =
  | 'embed'
  | 'rms_norm'
  | 'project qkv'
  | 'append'
  | 'project fc1'
  | 'score'
  | 'turn_keys'
  | 'attend_chunk'
  | 'attend_token'
  | 'attend_merge'
  | 'rms_norm_heads'
  | 'project attention gate'
  | 'sigmoid_gate'
  | 'project attention output'
  | DeltaNetWork
  | 'project gate and up'
  | 'gate'
  | 'project down'
  | 'project logits'
  | 'argmax'
  | 'note_bad_numbers'
  | 'select'
  | 'list_survivors'
  | 'compact'

/** Steps that exist only because the cache does not grow. */
export const evictionSteps: readonly Step[] = [
  'project fc1',
  'score',
  'select',
  'list_survivors',
  'compact',
]

export type Works = ReadonlyMap<Step, Work>

/**
 * A chunk read into a cache whose first `firstSlot` slots are in use, with the eviction after it.
 * @param blocks tokens of each block that it is read in
 * @param gateUpParts see `partsOfGateUp`
 */
export function chunkWork(
  plan: Plan,
  firstSlot: number,
  blocks: readonly number[],
  gateUpParts = 1,
): Works {
  const works = new Map<Step, Work>()
  let occupied = firstSlot
  for (const rows of blocks) {
    addAll(works, passWork(plan, rows, occupied, gateUpParts))
    addAll(works, scoreWork(plan, rows))
    add(works, 'note_bad_numbers', { flop: 0, bytes: 4 * rows * plan.model.hidden })
    occupied += rows
  }
  if (occupied > plan.settings.budget) addAll(works, evictionWork(plan, occupied))
  return works
}

/** Buffers of the matrix of gate and up: with several, their product is a step of its own. */
export function partsOfGateUp({ layers }: ModelWeights): number {
  return Math.max(...layers.map(({ gateUp }) => gateUp.parts.length))
}

/** The mean over several chunks. */
export function meanWork(all: readonly Works[]): Works {
  const works = new Map<Step, Work>()
  for (const each of all) addAll(works, each)
  return scaled(1 / all.length, [...works])
}

/**
 * One decode step whose token sees `visible` slots, including its own, of an answer without evictions.
 * @param gateUpParts see `partsOfGateUp`
 */
export function tokenWork(plan: Plan, visible: number, gateUpParts = 1): Works {
  const { hidden, vocabulary } = plan.model
  const works = new Map(passWork(plan, 1, visible - 1, gateUpParts))
  add(works, 'rms_norm', normWork(1, hidden))
  add(works, 'project logits', projectWork(plan, 1, vocabulary, hidden, 'into'))
  add(works, 'argmax', { flop: vocabulary, bytes: 4 * vocabulary })
  return works
}

/** Bytes of one decode step. */
export interface TokenBytes {
  /** keys and values of the visible slots */
  readonly cache: number
  /** these, the weights and the activations between kernels */
  readonly all: number
}

/** Bytes of one decode step for each storage of the cache, with weights as they are. */
export function tokenBytes(plan: Plan, visible: number): Record<CacheStorage, TokenBytes> {
  const { weights } = plan.settings.storage
  const of = (cache: CacheStorage): TokenBytes => ({
    cache: visible * keyValueBytes(plan.model, cache),
    all: totalWork(
      tokenWork({ ...plan, settings: { ...plan.settings, storage: { weights, cache } } }, visible),
    ).bytes,
  })
  return { f32: of('f32'), f16: of('f16'), int8: of('int8'), int4: of('int4') }
}

export function totalWork(works: Works): Work {
  return [...works.values()].reduce(sum, { flop: 0, bytes: 0 })
}

/** All layers of one pass over `rows` tokens, the first of which goes to `firstSlot`. */
function passWork(plan: Plan, rows: number, firstSlot: number, gateUpParts = 1): Works {
  const { model } = plan
  const { layers, hidden, heads, kvHeads, headSize, feedForward, tensors } = model
  const attention = attentionLayers(model).length
  const qkv = (heads + 2 * kvHeads) * headSize
  const isGated = hasOutputGates(model)
  const hasHeadNorms = tensors.layers.some((layer) => 'qkv' in layer && layer.headNorms)

  // the projections norm a single row themselves, and gate rows where gate and up are in one buffer
  const norms = (count: number): [Step, Work][] =>
    rows === 1 ? [] : [['rms_norm', normWork(count * rows, hidden)]]
  const layer: [Step, Work][] = [
    ...norms(2),
    ...gatedWork(plan, rows, gateUpParts === 1),
    ['project down', projectWork(plan, rows, hidden, feedForward, 'onto')],
  ]
  const gate: [Step, Work][] = [
    ...norms(1),
    ['project attention gate', normedWork(plan, rows, heads * headSize)],
    ['sigmoid_gate', { flop: 3 * rows * heads * headSize, bytes: 12 * rows * heads * headSize }],
  ]
  const ofAttention: [Step, Work][] = [
    ['project qkv', normedWork(plan, rows, qkv)],
    ...(hasHeadNorms ? [headNormWork(rows, heads + kvHeads, headSize)] : []),
    ...attentionWork(plan, rows, firstSlot),
    ...(isGated ? gate : []),
    ['project attention output', projectWork(plan, rows, hidden, heads * headSize, 'onto')],
  ]
  const embed = {
    flop: 0,
    bytes: rows * (4 + 4 * padded(hidden) + matrixBytes(1, hidden, storageOfAll(plan))),
  }
  const works = new Map<Step, Work>([['embed', embed]])
  addAll(works, scaled(layers, layer))
  addAll(works, scaled(attention, ofAttention))
  if (attention < layers) addAll(works, scaled(layers - attention, deltaNetWork(plan, rows)))
  return works
}

/** The retaining heads of all layers on `rows` tokens. */
function scoreWork(plan: Plan, rows: number): Works {
  const { model, retainingWidth } = plan
  const { heads, kvHeads, headSize } = model
  const layers = attentionLayers(model).length
  if (retainingWidth === 0) return new Map()
  const { weights } = plan.settings.storage
  const qkv = (heads + 2 * kvHeads) * headSize
  return scaled(layers, [
    ['project fc1', projectWork(plan, rows, retainingWidth, qkv, 'into', headStorage(weights))],
    [
      'score',
      {
        flop: rows * retainingWidth * (5 + 2 * kvHeads),
        bytes: 4 * (rows * retainingWidth + kvHeads * retainingWidth + rows * kvHeads),
      },
    ],
  ])
}

function scaled(factor: number, works: readonly (readonly [Step, Work])[]): Works {
  return new Map(
    works.map(([step, { flop, bytes }]) => [step, { flop: factor * flop, bytes: factor * bytes }]),
  )
}

/** Of one layer, with the new units. Row r sees firstSlot + r + 1 slots. A single row appends as it attends. */
function attentionWork(plan: Plan, rows: number, firstSlot: number): [Step, Work][] {
  const { heads, kvHeads, headSize } = plan.model
  const { cache } = plan.settings.storage
  const cacheRow = rowBytes(headSize, cache)
  const visible = firstSlot + rows
  const seen = rows * firstSlot + (rows * (rows + 1)) / 2 // summed over the rows
  const queries = 4 * rows * heads * headSize
  const append = { flop: 0, bytes: rows * kvHeads * (2 * headSize * 4 + 2 * cacheRow + 4) }
  const attend = (keyRow: number) => ({
    flop: 4 * heads * headSize * seen,
    bytes: kvHeads * visible * (keyRow + cacheRow) + 2 * queries,
  })
  if (rows > 1) {
    const turnedRow = rowBytes(headSize, turnedStorage(cache))
    return [
      ['append', append],
      ['turn_keys', { flop: 0, bytes: kvHeads * visible * (cacheRow + turnedRow) }],
      ['attend_chunk', attend(turnedRow)],
    ]
  }
  const { flop, bytes } = attend(cacheRow)
  const spans = spansOf(visible)
  const partials = spans * heads * (4 * paddedHead(headSize) + 8)
  return [
    ['attend_token', { flop, bytes: bytes - queries + partials + append.bytes }],
    ['attend_merge', { flop: 4 * spans * heads * headSize, bytes: partials + queries }],
  ]
}

/** All layers. Compaction counts as if every surviving slot moved, which is nearly true. */
function evictionWork({ model, settings }: Plan, occupied: number): Works {
  const { kvHeads, headSize } = model
  const layers = attentionLayers(model).length
  const { budget, storage } = settings
  const slot = 2 * rowBytes(headSize, storage.cache) + 4
  return new Map<Step, Work>([
    ['select', { flop: 0, bytes: layers * kvHeads * 4 * occupied }],
    ['list_survivors', { flop: 0, bytes: layers * kvHeads * 4 * (occupied + 2 * budget) }],
    ['compact', { flop: 0, bytes: layers * kvHeads * budget * (4 + 2 * slot) }],
  ])
}

/** The residual stream to act(gate) · up, in one step or in two. */
function gatedWork(plan: Plan, rows: number, isOneStep: boolean): [Step, Work][] {
  const { feedForward } = plan.model
  const { flop, bytes } = normedWork(plan, rows, 2 * feedForward)
  const gate = { flop: 5 * rows * feedForward, bytes: 4 * 3 * rows * feedForward }
  const spared = 4 * rows * feedForward // only the product of gate and up is written
  return isOneStep
    ? [['project gate and up', { flop: flop + gate.flop, bytes: bytes - spared }]]
    : [
        ['project gate and up', { flop, bytes }],
        ['gate', gate],
      ]
}

function sum(a: Work, b: Work): Work {
  return { flop: a.flop + b.flop, bytes: a.bytes + b.bytes }
}

function add(works: Map<Step, Work>, step: Step, work: Work): void {
  works.set(step, sum(works.get(step) ?? { flop: 0, bytes: 0 }, work))
}

function addAll(works: Map<Step, Work>, more: Works): void {
  for (const [step, work] of more) add(works, step, work)
}
