// From a model's folder to a compressor's trainer. The model loads as for reading, with an untrained compressor.
import type { HeadsSource, ModelSource } from '../../api/model.ts'
import type { Progress } from '../../api/progress.ts'
import type { WeightStorage } from '../../api/settings.ts'
import type { CompressorOverrides, CompressorSettings } from '../../api/training.ts'
import { throwIfAborted } from '../../api/errors.ts'
import { loadModel, orOutOfMemory, withModel } from '../../reading/load.ts'
import { unpackConvolution } from '../../forward/merging_layout.ts'
import { mergedSlots } from '../../plan/merging_shape.ts'
import type { Gpu } from '../../gpu/device.ts'
import { largestBuffer } from '../../gpu/memory.ts'
import type { ModelLocation } from '../../files/location.ts'
import { linesData } from '../data.ts'
import { fingerprint } from '../../model/fingerprint.ts'
import { madeUpData } from '../made_up_data.ts'
import { readValues, type Metadata } from '../state.ts'
import type { Loaded, LoadedTrainee, Samples, Texts, Trainee } from '../trainee.ts'
import { encodeDocument } from './documents.ts'
import { writeCompressor } from './file.ts'
import { compileCompressorTraining } from './kernels.ts'
import { compressorTrainingBytes, requireDocumentFit, roomyPlan } from './plan.ts'
import { readingSettings, resolveCompressorSettings } from './settings.ts'
import { startCompressor } from './start.ts'
import { judgeCompressor, trainCompressorStep } from './step.ts'
import { createCompressorTrainer, type CompressorTrainer } from './trainer.ts'

export interface CompressorToTrain {
  readonly overrides: CompressorOverrides
  /** for `locret+lococo` */
  readonly heads: HeadsSource | ModelLocation | undefined
}

/** Throws LongtabError as `loadEngine` does. */
export async function loadCompressorTrainer(
  gpu: Gpu,
  source: ModelSource | ModelLocation,
  { overrides, heads }: CompressorToTrain,
  weights: WeightStorage,
  onProgress: (progress: Progress) => void,
  signal: AbortSignal | undefined,
): Promise<Loaded<CompressorTrainer>> {
  return withModel(gpu, source, onProgress, signal, async (opened) => {
    const { files, description, checkpoint } = opened
    const settings = resolveCompressorSettings(overrides, description)
    const model = await fingerprint(description, checkpoint, signal)
    const shape = { merged: mergedSlots(settings), taps: settings.taps }
    const compressor = startCompressor(description, shape, settings.seed)
    const reading = readingSettings(settings, weights)
    const loaded = await loadModel(
      gpu,
      opened,
      { overrides: reading, heads, compressor, onProgress, signal },
      async (plan) =>
        requireDocumentFit(roomyPlan(plan, settings), settings, largestBuffer(gpu.device)),
    )
    const { kernels, policy, weights: frozen, merging } = loaded
    if (!merging) throw new Error('a policy that merges loaded no compressor')
    const plan = roomyPlan(loaded.plan, settings)
    const compiled = await compileCompressorTraining(gpu, description, plan.settings, merging)
    throwIfAborted(signal, 'loading the model')
    const trainer = await orOutOfMemory(gpu, plan, () =>
      createCompressorTrainer(gpu, plan, kernels, policy, frozen, merging, compiled, settings),
    )
    return { trainer, files, model }
  })
}

/** A compressor to train, in the form that a run takes. Throws LongtabError as `loadEngine` does. */
export async function loadCompressor(
  ...args: Parameters<typeof loadCompressorTrainer>
): Promise<LoadedTrainee<Uint32Array>> {
  const { trainer, ...loaded } = await loadCompressorTrainer(...args)
  const { settings, engine } = trainer
  return {
    ...loaded,
    trainee: compressorTrainee(trainer),
    stated: compressorTrainingBytes(engine.plan, settings),
    samples: (lines, texts) => samplesFor(settings, lines, texts),
  }
}

export function compressorTrainee(trainer: CompressorTrainer): Trainee<Uint32Array> {
  const { engine, buffers, settings } = trainer
  return {
    gpu: engine.gpu,
    settings,
    matrices: buffers.convolutions.flatMap(({ weights, bias, lambda }, layer) => [
      { name: `layers.${layer}.weights`, matrix: weights },
      { name: `layers.${layer}.bias`, matrix: bias },
      { name: `layers.${layer}.lambda`, matrix: lambda },
    ]),
    trainStep: (document, step) => trainCompressorStep(trainer, document, step),
    judge: (document) => judgeCompressor(trainer, document),
    write: (metadata) => writeTrained(trainer, metadata),
  }
}

async function writeTrained(
  { engine, merging, buffers }: CompressorTrainer,
  metadata: Metadata,
): Promise<Blob> {
  const { gpu, plan } = engine
  const layers = await Promise.all(
    buffers.convolutions.map(async ({ weights, bias, lambda }) => ({
      weights: unpackConvolution(await readValues(gpu, weights.weights), plan.model, merging),
      bias: (await readValues(gpu, bias.weights)).slice(0, merging.merged),
      lambda: (await readValues(gpu, lambda.weights))[0] ?? NaN,
    })),
  )
  return writeCompressor(plan.model, merging, layers, metadata)
}

/** Questions and answers of the texts are ignored, since nothing is asked. */
async function samplesFor(
  settings: CompressorSettings,
  lines: Blob | undefined,
  { tokenizer, chat }: Texts,
): Promise<Samples<Uint32Array>> {
  const { length, steps } = settings
  const data = lines
    ? await linesData(lines, settings, () => undefined)
    : madeUpData({ ...settings, reply: length, questions: 1 }, (text) => {
        return tokenizer.encode(text, 'data', 'inside').length
      })
  const { name, heldOut, at, heldOutAt } = data
  return {
    name,
    heldOut,
    at: (step) => encodeDocument(tokenizer, chat, (i) => at(step + i * steps), length),
    heldOutAt: (index) =>
      encodeDocument(tokenizer, chat, (i) => heldOutAt(index + i * heldOut), length),
  }
}
