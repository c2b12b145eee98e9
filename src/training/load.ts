// From a model's folder to a trainer: the frozen model as the engine loads it, the training kernels, and all buffers.
import type { ModelSource, Progress } from '../api.ts'
import { throwIfAborted } from '../errors.ts'
import { loadModel, orOutOfMemory } from '../engine/load.ts'
import type { Settings } from '../engine/settings.ts'
import type { Gpu } from '../gpu/device.ts'
import { largestBuffer } from '../gpu/memory.ts'
import { readDescription } from '../model/config.ts'
import type { ModelDescription } from '../model/description.ts'
import type { ModelFiles } from '../model/files.ts'
import { openFiles } from '../model/open_files.ts'
import { openCheckpoint } from '../model/safetensors.ts'
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
  source: ModelSource,
  wished: Partial<TrainingSettings>,
  weights: Settings['weights'],
  onProgress: (progress: Progress) => void,
  signal: AbortSignal | undefined,
): Promise<LoadedTrainer> {
  const files = openFiles(source, () => undefined)
  const description = await readDescription(files, signal)
  const settings = settleTraining(wished, description.maxPositions)
  requireTrainingFit(description, settings, weights, largestBuffer(gpu.device))
  const named = await fingerprintOf(files, description, signal)
  const loaded = await loadModel(gpu, source, {
    wished: slotsFor(settings, weights),
    heads: undefined,
    onProgress,
    signal,
  })
  const { plan, kernels, weights: frozen } = loaded
  const compiled = await compileTraining(gpu, description, plan.settings, settings.label)
  throwIfAborted(signal, 'loading the model')
  const trainer = await orOutOfMemory(gpu, plan, () =>
    createTrainer(gpu, plan, kernels, frozen, compiled, settings),
  )
  return { trainer, files, model: named }
}

async function fingerprintOf(
  files: ModelFiles,
  description: ModelDescription,
  signal: AbortSignal | undefined,
): Promise<string> {
  const checkpoint = await (files.checkpoint?.(signal) ?? openCheckpoint(files, signal))
  try {
    return await fingerprint(description, checkpoint, signal)
  } finally {
    checkpoint.close()
  }
}
