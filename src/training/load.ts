// From a model's folder to a trainer of retaining heads: the frozen model as the engine loads it, the training kernels,
// and all buffers.
import type { ModelSource } from '../api/model.ts'
import type { Progress } from '../api/progress.ts'
import type { WeightStorage } from '../api/settings.ts'
import type { TrainingSettings } from '../api/training.ts'
import { throwIfAborted } from '../api/errors.ts'
import { checkModel } from '../reading/check_model.ts'
import { loadModel, orOutOfMemory } from '../reading/load.ts'
import { withModel } from '../reading/open_model.ts'
import type { Texts } from '../reading/texts.ts'
import type { Gpu } from '../gpu/device.ts'
import { largestBuffer } from '../gpu/memory.ts'
import type { ModelLocation } from '../files/location.ts'
import { refuseUnlike } from '../plan/unlike_layers.ts'
import { columnSide } from '../kernels/column_stats.ts'
import { fingerprint } from '../model/fingerprint.ts'
import type { TrainingText, TrainingSample } from './sample.ts'
import { linesData } from './data.ts'
import { encodeReplies, encodeSample } from './encode.ts'
import { matricesOf } from './head.ts'
import { writeHeads } from './heads_file.ts'
import { compileTraining } from './kernels.ts'
import { madeUpData } from './made_up_data.ts'
import { estimateTrainingBytes, requireTrainingFit, slotsFor, steadyPlan } from './plan.ts'
import { resolveTrainingSettings, usualPool } from './settings.ts'
import { judge, trainStep } from './step.ts'
import { prepareSamples } from './prepare.ts'
import type { TrainRequest } from './protocol.ts'
import type { Loaded, LoadedTrainee, Prepare, Samples, Trainee } from './trainee.ts'
import { createTrainer, type Trainer } from './trainer.ts'

/** Heads to train, in the form that a run takes. Throws LongtabError as `loadTrainer` does, and as `prepareSamples`. */
export async function loadHeads(
  gpu: Gpu,
  request: TrainRequest,
  overrides: Partial<TrainingSettings>,
  onProgress: (progress: Progress) => void,
  signal: AbortSignal | undefined,
): Promise<LoadedTrainee<TrainingSample>> {
  const { source, weights } = request
  const prepare: Prepare<TrainingSettings, Samples<TrainingSample>> = (training) =>
    prepareSamples(training, request, samplesFor, signal)
  const loaded = await loadTrainer(gpu, source, overrides, weights, prepare, onProgress, signal)
  const { trainer, model, prepared } = loaded
  return {
    trainee: headsTrainee(trainer),
    model,
    stated: estimateTrainingBytes(trainer.engine.plan.model, trainer.settings, weights),
    samples: prepared,
  }
}

export function headsTrainee(trainer: Trainer): Trainee<TrainingSample> {
  const { engine, buffers, settings } = trainer
  return {
    gpu: engine.gpu,
    settings,
    matrices: matricesOf(buffers.heads),
    trainStep: (sample, step) => trainStep(trainer, sample, step),
    judge: (sample) => judge(trainer, sample),
    write: (metadata) => {
      const pool = String(usualPool[settings.label])
      return writeHeads(engine.gpu, engine.plan.model, buffers.heads, { ...metadata, pool })
    },
  }
}

async function samplesFor(
  settings: TrainingSettings,
  lines: Blob | undefined,
  { tokenizer, chat }: Texts,
): Promise<Samples<TrainingSample>> {
  const check = (text: TrainingText) => {
    if (settings.label !== 'repeat') encodeReplies(tokenizer, chat, text, settings)
  }
  const { name, heldOut, at, heldOutAt } = lines
    ? await linesData(lines, settings, check)
    : madeUpData(settings, (text) => tokenizer.encode(text, 'data', 'inside').length)
  const sample = (text: TrainingText) => encodeSample(tokenizer, chat, text, settings)
  return {
    name,
    heldOut,
    at: (step) => sample(at(step)),
    heldOutAt: (index) => sample(heldOutAt(index)),
  }
}

/**
 * Throws LongtabError as `loadEngine` does.
 * @param prepare may refuse, before the weights are fetched
 */
export async function loadTrainer<Prepared>(
  gpu: Gpu,
  source: ModelSource | ModelLocation,
  overrides: Partial<TrainingSettings>,
  weights: WeightStorage,
  prepare: Prepare<TrainingSettings, Prepared>,
  onProgress: (progress: Progress) => void,
  signal: AbortSignal | undefined,
): Promise<Loaded<Trainer, Prepared>> {
  return withModel(gpu, source, onProgress, signal, async (opened) => {
    const { description, checkpoint } = opened
    refuseUnlike('training of heads', 'choose another model', description)
    const settings = resolveTrainingSettings(overrides, description.maxPositions)
    requireTrainingFit(description, settings, weights, largestBuffer(gpu.device))
    columnSide(description.headSize, gpu.device.limits.maxComputeWorkgroupStorageSize) // throws
    const model = await fingerprint(description, checkpoint, signal)
    const choices = { overrides: slotsFor(settings, weights), heads: undefined }
    const checked = await checkModel(gpu, opened, choices, signal)
    const prepared = await prepare({ settings, texts: checked.texts, model })
    const needed = estimateTrainingBytes(description, settings, weights)
    const loaded = await loadModel(gpu, checked, needed, 'portable', onProgress, signal)
    const plan = steadyPlan(checked.plan)
    const compiled = await compileTraining(gpu, description, plan.settings, settings.label)
    throwIfAborted(signal, 'loading the model')
    const trainer = await orOutOfMemory(gpu, plan, () =>
      createTrainer(gpu, plan, loaded.kernels, loaded.weights, compiled, settings),
    )
    return { trainer, prepared, model }
  })
}
