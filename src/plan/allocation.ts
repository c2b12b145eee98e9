// How the slots of a budget are dealt out over layers and KV heads; their mean is the budget. Locret gives each the same.
// PyramidKV (arXiv 2406.02069) gives most to the first layer and fewer to each later one, whose attention gathers on fewer
// tokens. Shares that come with retaining heads give most to the few heads that look things up.
import type { Allocation, PolicySettings, Settings } from '../api/settings.ts'
import { LongtabError } from '../api/errors.ts'
import type { ModelDescription } from '../api/description.ts'
import { attentionLayers } from '../model/layer_kinds.ts'
import { inLayer, kvHeadsOf } from '../model/layer_shape.ts'
import type { Shares } from '../model/retaining_heads.ts'

/** Settings that budgets depend on. */
export type DealingSettings = Pick<
  Settings,
  'budget' | 'burst' | 'chunk' | 'tail' | 'positions' | 'allocation'
> & { readonly policy: Pick<PolicySettings, 'stabilizers' | 'sinks'> }

type HeadsShape = Pick<ModelDescription, 'kinds' | 'kvHeads' | 'shapes' | 'maxPositions'>

export function dealsByShares(allocation: Allocation | undefined): boolean {
  return allocation === 'by-head' || allocation === 'ada-kv'
}

/**
 * Units each KV head keeps. Throws LongtabError `bad-setting` when shares are asked for and there are none.
 * @param shares of the heads' file
 * @returns (layer, kv head), without heads in layers that have no attention; their sum is budget · KV heads of all layers
 */
export function budgetsOf(
  settings: DealingSettings,
  model: HeadsShape,
  shares?: Shares,
): number[][] {
  const { budget, allocation } = settings
  const { kinds } = model
  const layers = attentionLayers(model)
  if (!dealsByShares(allocation)) {
    const ofLayers =
      allocation === 'pyramid' && layers.length > 1
        ? pyramid(settings, layers.length)
        : layers.map(() => budget)
    const unitsIn = new Map(layers.map((layer, i) => [layer, ofLayers[i] ?? budget]))
    return kinds.map((_, layer) => {
      const units = unitsIn.get(layer)
      if (units === undefined) return []
      return Array.from({ length: inLayer(model, layer).kvHeads }, () => units)
    })
  }
  if (!shares) {
    throw new LongtabError(
      'bad-setting',
      `allocation ${allocation} deals the budget out by the shares in a heads file, and this model came with none; name a heads file that has shares or choose even`,
    )
  }
  const least = leastUnits(settings)
  const most = mostUnits(settings, model)
  if (allocation === 'ada-kv') {
    return shares.map((ofLayer) => deal(budget * ofLayer.length, ofLayer, least, most))
  }
  const dealt = deal(budget * kvHeadsOf(model), shares.flat(), least, most)
  const next = dealt.values()
  return shares.map((ofLayer) => ofLayer.map(() => next.next().value ?? 0))
}

/** The last layer's share of the mean, as the official code has it. */
const steepness = 20

/** What every layer spares, stabilizers and sinks, is no part of the pyramid, and every layer has at least one place more. */
function pyramid({ budget, policy }: DealingSettings, layers: number): number[] {
  const spared = policy.stabilizers + policy.sinks
  const mean = budget - spared
  const least = Math.max(1, mean / steepness)
  const most = 2 * mean - least
  // the sum so far, rounded, so that no unit is lost on the way
  const dealt = (count: number) =>
    Math.round(count * most - (((count - 1) * count) / 2) * ((most - least) / (layers - 1)))
  return Array.from({ length: layers }, (_, layer) => spared + dealt(layer + 1) - dealt(layer))
}

/** Units below which a head is of no use. */
const usefulUnits = 16

/** Every head has what it spares and a place more, and some units at all. */
function leastUnits({ budget, policy }: DealingSettings): number {
  return Math.min(budget, Math.max(policy.stabilizers + policy.sinks + 1, usefulUnits))
}

/** Where positions are slots, no head reaches beyond those the model was trained for. */
function mostUnits(
  { budget, burst, chunk, tail, positions }: DealingSettings,
  { maxPositions }: HeadsShape,
): number {
  if (positions === 'original') return Number.MAX_SAFE_INTEGER
  return Math.max(budget, maxPositions - burst - chunk - tail)
}

/**
 * Whole numbers from `least` to `most` whose sum is `total`. What is above the least is dealt out in proportion to the shares.
 * What a head may not have goes to the others in proportion to theirs.
 */
function deal(total: number, shares: readonly number[], least: number, most: number): number[] {
  const full = new Set<number>()
  for (;;) {
    const open = [...shares.keys()].filter((i) => !full.has(i))
    const left = total - full.size * most - open.length * least
    const wanted = open.reduce((sum, i) => sum + (shares[i] ?? 0), 0)
    const exact = shares.map((share, i) => {
      if (full.has(i)) return most
      return least + left * (wanted > 0 ? share / wanted : 1 / open.length)
    })
    const overfull = open.filter((i) => (exact[i] ?? 0) > most)
    if (overfull.length === 0) return rounded(exact, total)
    for (const i of overfull) full.add(i)
  }
}

/** Whole numbers with the sum `total`, none further than one from the exact one: the largest remainders are rounded up. */
function rounded(exact: readonly number[], total: number): number[] {
  const whole = exact.map(Math.floor)
  const missing = total - whole.reduce((sum, units) => sum + units, 0)
  const remainder = (i: number) => (exact[i] ?? 0) - (whole[i] ?? 0)
  const byRemainder = [...exact.keys()].sort((a, b) => remainder(b) - remainder(a))
  const raised = new Set(byRemainder.slice(0, missing))
  return whole.map((units, i) => (raised.has(i) ? units + 1 : units))
}

/** Whether some KV heads have more units than others. */
export function budgetsDiffer({
  budgets,
}: {
  readonly budgets: readonly (readonly number[])[]
}): boolean {
  return new Set(budgets.flat()).size > 1
}
