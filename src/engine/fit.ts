// Whether a model fits on a device, from its shape alone: before anything is downloaded or allocated.
import type { ModelDescription } from '../model/description.ts'
import { makePlan, requireFit, type Plan } from './plan.ts'
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
  requireFit(planOf(model, wished, headsWidth), allowed)
}

/**
 * The plan as far as it is known before a compressor is opened: without what merging takes. Throws LongtabError `bad-setting`.
 * @param headsWidth d_R of the retaining heads, undefined without
 */
export function planOf(
  model: ModelDescription,
  wished: Partial<Settings>,
  headsWidth: number | undefined,
): Plan {
  const settings = settle({ keptShare: 1, ...wished }, model, headsWidth !== undefined)
  return makePlan(model, settings, headsWidth ?? 0)
}
