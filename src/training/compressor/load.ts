// From a model's folder to a compressor's trainer. The model loads as for reading, with an untrained compressor.
import type { HeadsSource, ModelSource } from '../../api/model.ts'
import type { Progress } from '../../api/progress.ts'
import type { WeightStorage } from '../../api/settings.ts'
import type { CompressorOverrides, CompressorSettings } from '../../api/training.ts'
import { throwIfAborted } from '../../api/errors.ts'
import { checkModel } from '../../reading/check_model.ts'
import { loadModel, orOutOfMemory } from '../../reading/load.ts'
import { withModel } from '../../reading/open_model.ts'
import type { Texts } from '../../reading/texts.ts'
import { unpackConvolution } from '../../forward/merging_layout.ts'
import { mergedSlots } from '../../plan/merging_shape.ts'
import type { Gpu } from '../../gpu/device.ts'
import { largestBuffer } from '../../gpu/memory.ts'
import type { ModelLocation } from '../../files/location.ts'
import { linesData } from '../data.ts'
import { fingerprint } from '../../model/fingerprint.ts'
import { madeUpData } from '../made_up_data.ts'
import { readValues, type Metadata } from '../state.ts'
import { prepareSamples } from '../prepare.ts'
import type { TrainRequest } from '../protocol.ts'
import type { Loaded, LoadedTrainee, Prepare, Samples, Trainee } from '../trainee.ts'
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

/**
 * Throws LongtabError as `loadEngine` does.
 * @param prepare may refuse, before the weights are fetched
 */
export async function loadCompressorTrainer<Prepared>(
  gpu: Gpu,
  source: ModelSource | ModelLocation,
  { overrides, heads }: CompressorToTrain,
  weights: WeightStorage,
  prepare: Prepare<CompressorSettings, Prepared>,
  onProgress: (progress: Progress) => void,
  signal: AbortSignal | undefined,
): Promise<Loaded<CompressorTrainer, Prepared>> {
  return withModel(gpu, source, onProgress, signal, async (opened) => {
    const { description, checkpoint } = opened
    const settings = resolveCompressorSettings(overrides, description)
    const model = await fingerprint(description, checkpoint, signal)
    const shape = { merged: mergedSlots(settings), taps: settings.taps }
    const compressor = startCompressor(description, shape, settings.seed)
    const choices = { overrides: readingSettings(settings, weights), heads, compressor }
    const checked = await checkModel(gpu, opened, choices, signal)
    const plan = roomyPlan(checked.plan, settings)
    requireDocumentFit(plan, settings, largestBuffer(gpu.device))
    const prepared = await prepare({ settings, texts: checked.texts, model })
    const needed = compressorTrainingBytes(plan, settings)
    const loaded = await loadModel(gpu, checked, needed, 'portable', onProgress, signal)
    const { kernels, policy, weights: frozen, merging } = loaded
    if (!merging) throw new Error('a policy that merges loaded no compressor')
    const compiled = await compileCompressorTraining(gpu, description, plan.settings, merging)
    throwIfAborted(signal, 'loading the model')
    const trainer = await orOutOfMemory(gpu, plan, () =>
      createCompressorTrainer(gpu, plan, kernels, policy, frozen, merging, compiled, settings),
    )
    return { trainer, prepared, model }
  })
}

/** A compressor to train, in the form that a run takes. Throws LongtabError as `loadCompressorTrainer` does, and as `prepareSamples`. */
export async function loadCompressor(
  gpu: Gpu,
  request: TrainRequest,
  target: CompressorToTrain,
  onProgress: (progress: Progress) => void,
  signal: AbortSignal | undefined,
): Promise<LoadedTrainee<Uint32Array>> {
  const { source, weights } = request
  const prepare: Prepare<CompressorSettings, Samples<Uint32Array>> = (training) =>
    prepareSamples(training, request, samplesFor, signal)
  const loaded = await loadCompressorTrainer(
    gpu,
    source,
    target,
    weights,
    prepare,
    onProgress,
    signal,
  )
  const { trainer, model, prepared } = loaded
  return {
    trainee: compressorTrainee(trainer),
    model,
    stated: compressorTrainingBytes(trainer.engine.plan, trainer.settings),
    samples: prepared,
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
