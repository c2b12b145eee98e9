// Whether a model fits on a device, from its shape alone: before anything is downloaded or allocated.
import type { ModelDescription } from '../model/description.ts'
import { makePlan, requireFit } from './plan.ts'
import { settle, type Settings } from './settings.ts'

/**
 * Throws LongtabError `does-not-fit`, `bad-setting`.
 * @param headsWidth d_R of the retaining heads, undefined without
 * @param allowed bytes of the largest buffer that the device can bind
 */
export function checkFit(
  model: ModelDescription,
  wished: Partial<Settings>,
  headsWidth: number | undefined,
  allowed: number,
): void {
  // of what a compressor will merge into nothing is known yet; it is checked when it is opened
  const settings = settle({ keptShare: 1, ...wished }, model, headsWidth !== undefined)
  requireFit(makePlan(model, settings, headsWidth ?? 0), allowed)
}
