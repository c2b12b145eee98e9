// How often `fast-check` draws for a property: few times in CI. LONGTAB_DRAWS=100 draws a hundred times as often,
// LONGTAB_SEED=S draws what the seed gives. A property that fails prints its seed and the smallest case.
import { longOr } from './forms.ts'

export function drawn(times: number): { readonly numRuns: number; readonly seed: number } {
  return { numRuns: times * longOr('LONGTAB_DRAWS', 1), seed: longOr('LONGTAB_SEED', 20261129) }
}
