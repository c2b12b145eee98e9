// Units that every KV head keeps, written independently of the engine (src/plan/allocation.ts). Layer budgets come from a
// running sum. Head budgets come from a multiplier of the shares, found by bisection.
import type { ModelDescription } from '../src/api/description.ts'
import type { PolicySettings, Settings } from '../src/api/settings.ts'

type Dealing = Pick<
  Settings,
  'budget' | 'burst' | 'chunk' | 'tail' | 'positions' | 'allocation'
> & { readonly policy: Pick<PolicySettings, 'stabilizers' | 'sinks'> }
type Shape = Pick<ModelDescription, 'kinds' | 'kvHeads' | 'maxPositions'>

/** @returns (layer, kv head): units kept; a layer without attention has no heads. @param shares (layer, kv head), for `by-head` and `ada-kv` */
export function budgetsOf(
  settings: Dealing,
  { kinds, kvHeads, maxPositions }: Shape,
  shares?: readonly (readonly number[])[],
): number[][] {
  const { budget, burst, chunk, tail, positions, allocation } = settings
  const { stabilizers, sinks } = settings.policy
  const least = Math.min(budget, Math.max(stabilizers + sinks + 1, 16))
  const most =
    positions === 'original'
      ? Number.MAX_SAFE_INTEGER
      : Math.max(budget, maxPositions - burst - chunk - tail)
  const layers = kinds.filter((kind) => kind === 'attention').length
  const inRows = (flat: readonly number[]) => {
    let next = 0
    return kinds.map((kind) => (kind === 'attention' ? flat.slice(next, (next += kvHeads)) : []))
  }
  switch (allocation) {
    case 'even':
      return inRows(Array.from({ length: layers * kvHeads }, () => budget))
    case 'pyramid':
      return inRows(
        pyramid(budget, stabilizers + sinks, layers).flatMap((units) =>
          Array.from({ length: kvHeads }, () => units),
        ),
      )
    case 'ada-kv':
      return (shares ?? []).map((row) => fill(row, budget * row.length, least, most))
    case 'by-head':
      return inRows(fill((shares ?? []).flat(), budget * layers * kvHeads, least, most))
  }
}

/** PyramidKV (arXiv 2406.02069): linear from the first layer to the last, which gets a twentieth of the mean. */
function pyramid(budget: number, spared: number, layers: number): number[] {
  if (layers === 1) return [budget]
  const mean = budget - spared
  const last = Math.max(1, mean / 20)
  const units: number[] = []
  let exact = 0
  let whole = 0
  for (let layer = 0; layer < layers; layer++) {
    exact += 2 * mean - last - (layer * 2 * (mean - last)) / (layers - 1)
    units.push(spared + Math.round(exact) - whole)
    whole = Math.round(exact)
  }
  return units
}

/** Integers with the sum `total`: least + level · share each, at most `most`. The largest remainders are rounded up. */
function fill(shares: readonly number[], total: number, least: number, most: number): number[] {
  const given = shares.some((share) => share > 0) ? shares : shares.map(() => 1)
  const levelled = (level: number, share: number) => Math.min(most, least + level * share)
  const sumAt = (level: number) => given.reduce((sum, share) => sum + levelled(level, share), 0)
  let low = 0
  let high = 1
  const reachable = given.reduce((sum, share) => sum + (share > 0 ? most : least), 0)
  if (reachable <= total) high = Infinity
  else while (sumAt(high) < total) high *= 2
  for (let step = 0; step < 200 && high !== Infinity; step++) {
    const middle = (low + high) / 2
    if (sumAt(middle) < total) low = middle
    else high = middle
  }
  const isFull = given.map((share) => share > 0 && least + high * share >= most)
  const open = given.reduce((sum, share, i) => sum + (isFull[i] ? 0 : share), 0)
  const openCount = isFull.filter((full) => !full).length
  const left = total - isFull.filter(Boolean).length * most - openCount * least
  const exact = given.map((share, i) => {
    if (isFull[i]) return most
    return least + left * (open > 0 ? share / open : 1 / openCount)
  })
  const units = exact.map(Math.floor)
  const order = exact
    .map((value, i) => ({ i, remainder: value - Math.floor(value) }))
    .sort((a, b) => b.remainder - a.remainder)
  const missing = total - units.reduce((sum, value) => sum + value, 0)
  for (const { i } of order.slice(0, missing)) units[i] = (units[i] ?? 0) + 1
  return units
}

/** Slots of the budget that hold merged units, for policies with a compressor. */
export function mergedSlots({ budget, policy }: Pick<Settings, 'budget' | 'policy'>): number {
  const merges = policy.name === 'lococo' || policy.name === 'locret+lococo'
  return merges ? Math.floor(budget * (1 - (policy.keptShare ?? 1))) : 0
}
