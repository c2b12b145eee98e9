// Whether a training fits a device, from the model's shape alone, before any download or allocation.
import { checkFit } from '../plan/fit.ts'
import { requireMergingFit } from '../plan/merging_shape.ts'
import type { WeightStorage } from '../api/settings.ts'
import type { ModelDescription } from '../api/description.ts'
import type { TrainingTarget } from './protocol.ts'
import { readingPlan, requireDocumentFit, roomyPlan } from './compressor/plan.ts'
import { readingSettings, resolveCompressorSettings } from './compressor/settings.ts'
import { requireTrainingFit, slotsFor } from './plan.ts'
import { resolveTrainingSettings } from './settings.ts'

/**
 * Checks that a training fits on a device, from the model's shape alone.
 * @param headsWidth d_R of the retaining heads that the training reads with, undefined without
 * @param allowed bytes of the largest buffer that the device can bind
 * @throws LongtabError `does-not-fit`, `bad-setting`.
 */
export function checkTrainingFit(
  model: ModelDescription,
  { kind, overrides }: Pick<TrainingTarget, 'kind' | 'overrides'>,
  weights: WeightStorage,
  headsWidth: number | undefined,
  allowed: number,
): void {
  if (kind === 'heads') {
    const settings = resolveTrainingSettings(overrides, model.maxPositions)
    requireTrainingFit(model, settings, weights, allowed)
    checkFit(model, slotsFor(settings, weights), undefined, allowed)
    return
  }
  const training = resolveCompressorSettings(overrides, model)
  checkFit(model, readingSettings(training, weights), headsWidth, allowed)
  const plan = readingPlan(model, training, weights, headsWidth)
  requireMergingFit(plan, allowed)
  requireDocumentFit(roomyPlan(plan, training), training, allowed)
}
