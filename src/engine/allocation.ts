// How the slots of a budget are dealt out over the layers: the same to each, or as PyramidKV (arXiv 2406.02069) does,
// most to the first layer and ever fewer to the later ones, whose attention gathers on ever fewer tokens.
import type { Settings } from './settings.ts'

export type Allocation = 'even' | 'pyramid'

/** The last layer's share of the mean, as the official code has it. */
const steepness = 20

/**
 * Units each layer keeps; their mean is the budget. What every layer spares, stabilizers and sinks, is no part of the
 * pyramid, and every layer has at least one place more.
 * @returns (layer)
 */
export function budgetsOf(
  {
    budget,
    stabilizers,
    sinks,
    allocation,
  }: Pick<Settings, 'budget' | 'stabilizers' | 'sinks' | 'allocation'>,
  layers: number,
): number[] {
  if (allocation === 'even' || layers === 1) return Array.from({ length: layers }, () => budget)
  const spared = stabilizers + sinks
  const mean = budget - spared
  const least = Math.max(1, mean / steepness)
  const most = 2 * mean - least
  // the sum so far, rounded, so that no unit is lost on the way
  const dealt = (count: number) =>
    Math.round(count * most - (((count - 1) * count) / 2) * ((most - least) / (layers - 1)))
  return Array.from({ length: layers }, (_, layer) => spared + dealt(layer + 1) - dealt(layer))
}
