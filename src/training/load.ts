// From a model's folder to a trainer: the frozen model as the engine loads it, the training kernels, and all buffers.
import type { ModelSource, Progress } from '../api.ts'
import { throwIfAborted } from '../errors.ts'
import { loadModel, orOutOfMemory, withModel } from '../engine/load.ts'
import type { Settings } from '../engine/settings.ts'
import type { Gpu } from '../gpu/device.ts'
import { largestBuffer } from '../gpu/memory.ts'
import type { Place } from '../hub/place.ts'
import type { ModelFiles } from '../model/files.ts'
import { fingerprint } from './fingerprint.ts'
import { compileTraining } from './kernels.ts'
import { requireTrainingFit, slotsFor } from './plan.ts'
import { settleTraining, type TrainingSettings } from './settings.ts'
import { createTrainer, type Trainer } from './trainer.ts'

export interface LoadedTrainer {
  readonly trainer: Trainer
  /** for the tokenizer's files */
  readonly files: ModelFiles
  /** names the model in the heads' file */
  readonly model: string
}

/** Throws LongtabError as `loadEngine` does. */
export async function loadTrainer(
  gpu: Gpu,
  source: ModelSource | Place,
  wished: Partial<TrainingSettings>,
  weights: Settings['weights'],
  onProgress: (progress: Progress) => void,
  signal: AbortSignal | undefined,
): Promise<LoadedTrainer> {
  return withModel(gpu, source, onProgress, signal, async (opened) => {
    const { files, description, checkpoint } = opened
    const settings = settleTraining(wished, description.maxPositions)
    requireTrainingFit(description, settings, weights, largestBuffer(gpu.device))
    const model = await fingerprint(description, checkpoint, signal)
    const slots = { wished: slotsFor(settings, weights), heads: undefined, onProgress, signal }
    const { plan, kernels, weights: frozen } = await loadModel(gpu, opened, slots)
    const compiled = await compileTraining(gpu, description, plan.settings, settings.label)
    throwIfAborted(signal, 'loading the model')
    const trainer = await orOutOfMemory(gpu, plan, () =>
      createTrainer(gpu, plan, kernels, frozen, compiled, settings),
    )
    return { trainer, files, model }
  })
}
