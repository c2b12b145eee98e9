// Everything decided before anything is allocated: how many slots, how many rows at once, how large each buffer is.
import { allRecallBytes, keepsUnits } from './recall_shape.ts'
import { cacheBytes, mostSlots, type Capacities } from './cache_bytes.ts'
import type { Memory } from '../api/progress.ts'
import { bufferBytes, guaranteedBytes } from '../gpu/memory.ts'
import type { ModelDescription } from '../api/description.ts'
import type { Settings } from '../api/settings.ts'
import { layerInputValues } from '../model/layer_input_weights.ts'
import { mostInLayers } from '../model/layer_shape.ts'
import { qkvValues } from '../model/stacked.ts'
import { hasConvolutions } from '../model/layer_kinds.ts'
import { deltaNetWeights, deltaWidths } from '../model/delta_net_shape.ts'
import type { Shares } from '../model/retaining_heads.ts'
import { weightBytes } from '../model/weights.ts'
import { budgetsOf } from './allocation.ts'
import { mergingBytes, mergingShape, type MergingShape } from './merging_shape.ts'
import { needs } from '../api/policies.ts'
import { stagingBytes } from './passage_room.ts'
import { scratchBytes, slotScratchBytes } from './scratch_bytes.ts'
import { readBackBytes } from './words_read_back.ts'

/** All sizes that reading needs, decided before anything is allocated. */
export interface Plan {
  /** Shapes and constants of the model. */
  readonly model: ModelDescription
  /** The settings, all of them resolved. */
  readonly settings: Settings
  /** Units that stay after each eviction. Shape: (layers, KV heads). */
  readonly budgets: readonly (readonly number[])[]
  /** Slots: budget + burst + chunk + tail. Shape: (layers, KV heads). */
  readonly capacities: Capacities
  /** Tokens computed at once to begin with; a chunk runs as one or more blocks. */
  readonly block: number
  /** Tokens computed at once at most, on a GPU that is fast enough (pace.ts); there is scratch for them. */
  readonly longestBlock: number
  /** Width d_R of the retaining heads that the policy uses; 0 without. */
  readonly retainingWidth: number
  /** Sizes of merging; `undefined` where the policy only drops. */
  readonly merging: MergingShape | undefined
}

/** FLOP one layer may cost per submit, so that the slowest integrated GPU (0.3 TFLOP/s) stays near 100 ms. */
const layerFlop = 30e9
const mostRows = 512

/**
 * A fast GPU gains by longer blocks up to some thousand rows. The buffers that grow fastest with them stay below what every
 * device allows. The scratch stays in proportion to the weights: a device with room for these has room for a quarter more.
 */
const longestRows = 4096
const scratchShare = 1 / 4

/**
 * @param headsWidth d_R of the retaining heads, 0 without
 * @param taps kernel size of the compressor, 0 without
 * @param shares of the heads' file, by which a budget may be dealt out
 */
export function makePlan(
  model: ModelDescription,
  settings: Settings,
  headsWidth: number,
  taps = 0,
  shares?: Shares,
): Plan {
  const { hidden } = model
  const convolution = hasConvolutions(model) ? 4 * hidden * hidden : 0
  const deltaNet = model.deltaNet ? deltaNetWeights(model.deltaNet, hidden) : 0
  const weights = mostInLayers(model, ({ heads, kvHeads, headSize, feedForward }) => {
    const attention = hidden * headSize * (2 * heads + 2 * kvHeads)
    return Math.max(attention, convolution, deltaNet) + 3 * hidden * feedForward
  })
  const rows = 2 ** Math.floor(Math.log2(Math.max(16, layerFlop / (2 * weights))))
  const block = Math.min(rows, mostRows, settings.chunk)
  const budgets = budgetsOf(settings, model, shares)
  const plan = {
    model,
    settings,
    budgets,
    capacities: budgets.map((heads) =>
      heads.map((budget) => budget + settings.burst + settings.chunk + settings.tail),
    ),
    block,
    longestBlock: block,
    retainingWidth: needs(settings.policy.name, 'retaining heads') ? headsWidth : 0,
    merging: mergingShape(settings, taps),
  }
  return { ...plan, longestBlock: longestBlock(plan) }
}

/** Tokens of the longest of as few blocks, alike in length, as a chunk may run in; at least `plan.block`. */
function longestBlock(plan: Plan): number {
  const { model, settings, block, retainingWidth } = plan
  const mostScratch = scratchShare * weightBytes(model, settings.storage.weights, retainingWidth)
  const bySlot = Object.values(slotScratchBytes(plan, plan.capacities))
  for (let blocks = 1; ; blocks++) {
    const rows = Math.ceil(settings.chunk / blocks)
    if (rows <= block) return block
    const bytes = scratchBytes({ ...plan, longestBlock: rows })
    const all = [...Object.values(bytes), ...bySlot]
    const scratch = all.reduce((total, each) => total + each, 0)
    const largest = Math.max(bytes.gateUp, bytes.gated, bytes.mixed, bytes.layerInputs)
    if (rows <= longestRows && largest <= guaranteedBytes && scratch <= mostScratch) return rows
  }
}

/** Outputs of the widest matrix that several rows at once are multiplied by. */
export function widestOuts({ model, retainingWidth }: Plan): number {
  const { hidden } = model
  const gates = hasConvolutions(model) ? 3 * hidden : 0
  const mixed = model.deltaNet ? deltaWidths(model.deltaNet).mixed : 0
  const ofLayers = mostInLayers(model, (own, layer) =>
    Math.max(qkvValues(model, layer), 2 * own.feedForward),
  )
  return Math.max(gates, mixed, hidden, ofLayers, layerInputValues(model), retainingWidth)
}

/** Tokens of the first of as few blocks, alike in length, as hold `tokens`. */
export function evenBlock(tokens: number, longest: number): number {
  return Math.ceil(tokens / Math.ceil(tokens / longest))
}

/** Positions there may ever be: the slots there are, without end where positions grow with the document. */
export function reachOf({ settings, capacities }: Plan): number {
  const isFixed = settings.positions === 'slot' && settings.policy.name !== 'full'
  return isFixed ? mostSlots(capacities) : Infinity
}

/** Parameters (recorder.ts), and words read back. */
const fixedBytes = 256 * 1024 + readBackBytes

/**
 * Counts the bytes that a model takes on the GPU with these settings, before anything is loaded or allocated.
 * @param settings resolved, as `resolveSettings` gives them
 * @param headsWidth d_R of the retaining heads, 0 without
 * @param taps kernel size of the compressor, 0 without
 * @param shares of the heads' file, by which a budget may be dealt out
 * @throws LongtabError `bad-setting` when the allocation needs shares and there are none.
 */
export function estimateBytes(
  model: ModelDescription,
  settings: Settings,
  headsWidth: number,
  taps = 0,
  shares?: Shares,
): Omit<Memory, 'peak'> {
  return bytesOfPlan(makePlan(model, settings, headsWidth, taps, shares))
}

/**
 * Counts the bytes that a plan takes on the GPU, by what they are for.
 * @throws Nothing.
 */
export function bytesOfPlan(plan: Plan): Omit<Memory, 'peak'> {
  const { model, settings } = plan
  const merging = plan.merging && mergingBytes(model, plan.merging)
  const sum = (bytes: readonly number[]) =>
    bytes.reduce((total, each) => total + bufferBytes(each), 0)
  const compressor = model.layers * sum(Object.values(merging?.weights ?? {}))
  return {
    weights: weightBytes(model, settings.storage.weights, plan.retainingWidth) + compressor,
    cache: cacheBytes(model, plan.capacities, settings.storage.cache),
    scratch:
      fixedBytes +
      sum(Object.values(scratchBytes(plan))) +
      sum(Object.values(slotScratchBytes(plan, plan.capacities))) +
      sum(Object.values(merging?.scratch ?? {})) +
      (keepsUnits(settings) ? allRecallBytes(plan) : 0) +
      (settings.recall === 'passages' ? stagingBytes : 0),
  }
}
