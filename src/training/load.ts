// From a model's folder to a trainer of retaining heads: the frozen model as the engine loads it, the training kernels,
// and all buffers.
import type { ModelSource } from '../api/model.ts'
import type { Progress } from '../api/progress.ts'
import type { WeightStorage } from '../api/settings.ts'
import type { TrainingSettings } from '../api/training.ts'
import { throwIfAborted } from '../api/errors.ts'
import { loadModel, orOutOfMemory, withModel } from '../reading/load.ts'
import type { Gpu } from '../gpu/device.ts'
import { largestBuffer } from '../gpu/memory.ts'
import type { ModelLocation } from '../files/location.ts'
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
import type { Loaded, LoadedTrainee, Samples, Texts, Trainee } from './trainee.ts'
import { createTrainer, type Trainer } from './trainer.ts'

/** Heads to train, in the form that a run takes. Throws LongtabError as `loadEngine` does. */
export async function loadHeads(
  ...args: Parameters<typeof loadTrainer>
): Promise<LoadedTrainee<TrainingSample>> {
  const { trainer, ...loaded } = await loadTrainer(...args)
  const { settings, engine } = trainer
  const { weights } = engine.plan.settings.storage
  return {
    ...loaded,
    trainee: headsTrainee(trainer),
    stated: estimateTrainingBytes(engine.plan.model, settings, weights),
    samples: (lines, texts) => samplesFor(settings, lines, texts),
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

/** Throws LongtabError as `loadEngine` does. */
export async function loadTrainer(
  gpu: Gpu,
  source: ModelSource | ModelLocation,
  overrides: Partial<TrainingSettings>,
  weights: WeightStorage,
  onProgress: (progress: Progress) => void,
  signal: AbortSignal | undefined,
): Promise<Loaded<Trainer>> {
  return withModel(gpu, source, onProgress, signal, async (opened) => {
    const { files, description, checkpoint } = opened
    const settings = resolveTrainingSettings(overrides, description.maxPositions)
    requireTrainingFit(description, settings, weights, largestBuffer(gpu.device))
    const model = await fingerprint(description, checkpoint, signal)
    const slots = { overrides: slotsFor(settings, weights), heads: undefined, onProgress, signal }
    const { plan: wide, kernels, weights: frozen } = await loadModel(gpu, opened, slots)
    const plan = steadyPlan(wide)
    const compiled = await compileTraining(gpu, description, plan.settings, settings.label)
    throwIfAborted(signal, 'loading the model')
    const trainer = await orOutOfMemory(gpu, plan, () =>
      createTrainer(gpu, plan, kernels, frozen, compiled, settings),
    )
    return { trainer, files, model }
  })
}
