// Whether a model fits on a device, from its shape alone: before anything is downloaded or allocated.
import type { ModelDescription } from '../api/description.ts'
import type { SettingOverrides } from '../api/settings.ts'
import { needs } from '../api/policies.ts'
import { dealsByShares } from './allocation.ts'
import { makePlan, type Plan } from './plan.ts'
import { requireFit } from './buffer_fit.ts'
import { chosenPolicy, resolveSettings } from './settings.ts'

/**
 * Checks that reading with a model fits on a device, from the model's shape alone.
 * @param overrides the settings that were chosen; the others are derived
 * @param headsWidth d_R of the retaining heads, undefined without
 * @param allowed bytes of the largest buffer that the device can bind
 * @throws LongtabError `does-not-fit`, `bad-setting`.
 */
export function checkFit(
  model: ModelDescription,
  overrides: SettingOverrides,
  headsWidth: number | undefined,
  allowed: number,
): void {
  requireFit(planOf(model, overrides, headsWidth), allowed)
}

/**
 * Plans a reading as far as it is known before heads and compressor are opened: without what merging takes, evenly dealt out.
 * @param overrides the settings that were chosen; the others are derived
 * @param headsWidth d_R of the retaining heads, undefined without
 * @throws LongtabError `bad-setting`.
 */
export function planOf(
  model: ModelDescription,
  overrides: SettingOverrides,
  headsWidth: number | undefined,
): Plan {
  // shares come with the heads' file, and in all there are as many slots as under an even allocation
  const allocation = dealsByShares(overrides.allocation) ? 'even' : overrides.allocation
  const chosen = chosenPolicy(overrides)
  const merges = chosen.name !== undefined && needs(chosen.name, 'compressor')
  const policy = merges ? { ...chosen, keptShare: chosen.keptShare ?? 1 } : chosen
  const known = { ...overrides, policy, allocation }
  const heads = headsWidth === undefined ? undefined : {}
  const settings = resolveSettings(known, model, { heads })
  return makePlan(model, settings, headsWidth ?? 0)
}
