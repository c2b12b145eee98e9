// Whether the buffers of a plan fit what the device can bind, before any is allocated.
import { LongtabError } from '../api/errors.ts'
import { bufferBytes, needsButAllows } from '../gpu/memory.ts'
import { kvHeadsOf, mostInLayers } from '../model/layer_shape.ts'
import { mostLayerSlots, rowBytes, turnedBytes } from './cache_bytes.ts'
import { reachOf, type Plan } from './plan.ts'
import { keepsUnits, recallBytes, recallShape } from './recall_shape.ts'
import { scratchBytes } from './scratch_bytes.ts'

/** Bytes of one slot in the largest buffer of the cache: its keys in a layer, or its scores in all layers. */
function largestSlotBytes(plan: Plan): number {
  return Math.max(slotKeyBytes(plan), 4 * kvHeadsOf(plan.model))
}

/** Bytes of one slot's keys in a layer, as the cache has them or turned, whichever is more. Each lie in one buffer. */
export function slotKeyBytes({ model, settings }: Pick<Plan, 'model' | 'settings'>): number {
  const { cache } = settings.storage
  return mostInLayers(
    model,
    ({ kvHeads, headSize }) =>
      kvHeads * Math.max(rowBytes(headSize, cache), turnedBytes(headSize, cache)),
  )
}

/**
 * Checks that the largest buffer of the cache, and each of the scratch, fit in one binding. Matrices are split where they are
 * too large.
 * @param allowed bytes of the largest buffer that the device can bind
 * @throws LongtabError `does-not-fit`, naming the largest budget that fits; `unsupported-model` where positions would pass
 * those that the model computes as the engine does.
 */
export function requireFit(plan: Plan, allowed: number): void {
  const { settings } = plan
  const { kvHeads } = plan.model
  const largest = mostLayerSlots(plan.budgets) / kvHeads
  const capacity = mostLayerSlots(plan.capacities) / kvHeads
  const perSlot = largestSlotBytes(plan)
  requirePositions(plan)
  if (perSlot * capacity <= allowed) {
    requireScratchFit(plan, allowed)
    return
  }
  const slots = Math.floor(allowed / perSlot)
  const places = slots - settings.burst - settings.chunk - settings.tail
  const budget = Math.floor((settings.budget * places) / largest)
  const advice =
    budget > 0
      ? `lower the budget to ${budget.toLocaleString('en-US')}`
      : `lower chunk and tail, together ${settings.chunk + settings.tail}, below ${slots}`
  throw new LongtabError(
    'does-not-fit',
    `a budget of ${settings.budget.toLocaleString('en-US')} ${needsButAllows(perSlot * capacity, allowed)}; ${advice}`,
  )
}

function requirePositions(plan: Plan): void {
  const within = Math.min(
    ...plan.model.attention.map((attention) => attention?.rotary.within ?? Infinity),
  )
  const reach = reachOf(plan)
  if (reach <= within) return
  const [most, wanted] = [within, reach].map((one) => one.toLocaleString('en-US'))
  throw new LongtabError(
    'unsupported-model',
    reach === Infinity
      ? `this ${plan.model.family} model reads at most ${most} positions here, and these settings have no end; choose positions slot and a policy that evicts`
      : `this ${plan.model.family} model reads at most ${most} positions here, and these settings have ${wanted}; lower the budget`,
  )
}

function requireScratchFit(plan: Plan, allowed: number): void {
  const recall = keepsUnits(plan.settings) ? recallBytes(recallShape(plan), plan) : {}
  for (const [name, bytes] of Object.entries({ ...scratchBytes(plan), ...recall })) {
    if (bufferBytes(bytes) <= allowed) continue
    throw new LongtabError(
      'does-not-fit',
      `${name} of the scratch ${needsButAllows(bytes, allowed)}; lower the chunk or choose a smaller model`,
    )
  }
}
