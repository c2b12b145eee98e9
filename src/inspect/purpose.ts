// What a model is wanted for, and whether this GPU has room for it, from the model's shape alone: before a download.
import { planOf } from '../plan/fit.ts'
import { bytesOfPlan } from '../plan/plan.ts'
import { requireRoom, type NeededBytes } from '../gpu/room.ts'
import type { SettingOverrides, WeightStorage } from '../api/settings.ts'
import type { ModelDescription } from '../api/description.ts'
import { openGpu } from '../gpu/device.ts'
import { totalBytes } from '../gpu/memory.ts'
import { compressorTrainingBytes, readingPlan, roomyPlan } from '../training/compressor/plan.ts'
import { resolveCompressorSettings } from '../training/compressor/settings.ts'
import { estimateTrainingBytes } from '../training/plan.ts'
import { resolveTrainingSettings } from '../training/settings.ts'
import type { TrainingTarget } from '../training/protocol.ts'

/** What a model is wanted for. */
export type Purpose =
  | {
      /** It is to read documents. */
      readonly for: 'reading'
      /** The settings that were chosen; the others are derived. */
      readonly overrides: SettingOverrides
    }
  | {
      /** Heads or a compressor are to be trained for it. */
      readonly for: 'training'
      /** What is trained, and the settings that were chosen. */
      readonly target: Pick<TrainingTarget, 'kind' | 'overrides'>
      /** How its weights are stored. */
      readonly weights: WeightStorage
    }

/**
 * Takes all the memory that the purpose needs from a GPU device of its own, and gives it back.
 * @param headsWidth d_R of the retaining heads, undefined without
 * @throws LongtabError `out-of-memory`, `bad-setting`, `no-webgpu`.
 */
export async function checkRoom(
  purpose: Purpose,
  model: ModelDescription,
  headsWidth: number | undefined,
): Promise<void> {
  const needed = bytesFor(purpose, model, headsWidth)
  const gpu = await openGpu(navigator.gpu)
  try {
    await requireRoom(gpu, needed, totalBytes(needed))
  } finally {
    gpu.close()
  }
}

function bytesFor(
  purpose: Purpose,
  model: ModelDescription,
  headsWidth: number | undefined,
): NeededBytes {
  if (purpose.for === 'reading') return bytesOfPlan(planOf(model, purpose.overrides, headsWidth))
  const { target, weights } = purpose
  if (target.kind === 'heads') {
    const settings = resolveTrainingSettings(target.overrides, model.maxPositions)
    return estimateTrainingBytes(model, settings, weights)
  }
  const training = resolveCompressorSettings(target.overrides, model)
  const plan = readingPlan(model, training, weights, headsWidth)
  return compressorTrainingBytes(roomyPlan(plan, training), training)
}
