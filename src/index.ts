// Longtab: read documents of any length on the user's own GPU, in memory that never grows.
import { wrap } from 'comlink'
import type {
  CompressorTraining,
  HeadsTraining,
  TrainCompressorOptions,
  TrainHeadsOptions,
} from './api/training.ts'
import type { LoadOptions, Model, ModelSource, StoredModel } from './api/model.ts'
import { browserStore } from './files/store/store.ts'
import { locateFile } from './files/place.ts'
import { openModel } from './worker/client.ts'
import { carryErrors } from './worker/errors.ts'
import type { Session } from './reading/protocol.ts'
import { openTraining, type OpenedTraining } from './worker/training_client.ts'
import type { TrainingSession } from './training/protocol.ts'

export type * from './api/answer.ts'
export type * from './api/description.ts'
export type * from './api/document.ts'
export type * from './api/model.ts'
export type * from './api/progress.ts'
export type * from './api/training.ts'
export { digest } from './files/digest.ts'
export { LongtabError, type ErrorCode } from './api/errors.ts'
export {
  cacheStorages,
  policyNames,
  positionKinds,
  weightStorages,
  type Allocation,
  type CacheStorage,
  type PolicyName,
  type PositionKind,
  type Settings,
  type WeightStorage,
} from './api/settings.ts'
export { labelKinds } from './api/training.ts'
// before a model is loaded: what there is, what suits it, what it takes
export {
  inspectModel,
  inspectPreset,
  officialHeads,
  placeOf,
  suitedTo,
  withCompressor,
  withHeads,
  type Candidate,
  type CandidateCompressor,
  type Heads,
} from './inspect/candidate.ts'
export type { ModelCard } from './inspect/card.ts'
export { checkRoom, type Purpose } from './inspect/purpose.ts'
export { planFor, settingsFor } from './inspect/settings_for.ts'
export { describePreset, presets, type Preset } from './model/presets.ts'
export { ownHeadsList } from './own_heads.ts'
export { checkFit } from './plan/fit.ts'
export { mergingCost, type MergingCost } from './plan/merging_cost.ts'
export { requireMergingFit } from './plan/merging_shape.ts'
export { bytesOfPlan, estimateBytes, keyValueBytes, requireFit, type Plan } from './plan/plan.ts'
export { needs, policyTraits } from './plan/policy_traits.ts'
export { defaultSettings, policyWithoutHeads, resolveSettings } from './plan/settings.ts'
export { checkTrainingFit } from './training/fit.ts'
export { estimateTrainingBytes, requireTrainingFit } from './training/plan.ts'
export { defaultTrainingSettings, settleTraining } from './training/settings.ts'

/**
 * Loads a model, in a Web Worker of its own, or with `gpu` in this thread.
 * @param source a repository of the Hugging Face Hub by name, the URL of a model's folder or .gguf file, or the files
 */
export function load(source: ModelSource, options: LoadOptions = {}): Promise<Model> {
  return options.gpu ? loadHere(options.gpu, source, options) : loadInWorker(source, options)
}

/**
 * Trains retaining heads for a model, in a Web Worker of its own, or with `gpu` in this thread. The model itself is not
 * changed. Use the result with `load(source, { heads: (await training.finished).file })`.
 */
export function trainHeads(source: ModelSource, options: TrainHeadsOptions = {}): HeadsTraining {
  return openTraining(source, options, (wished) => ({ kind: 'heads', wished }), opener(options.gpu))
}

/**
 * The same for the convolutions that LoCoCo's policies merge by, fitted to one budget, kept share and way of positions. Use
 * the result with `load(source, { ...settings, compressor: (await training.finished).file })`.
 */
export function trainCompressor(
  source: ModelSource,
  options: TrainCompressorOptions = {},
): CompressorTraining {
  return openTraining(
    source,
    options,
    ({ heads, ...wished }) => ({
      kind: 'compressor',
      wished,
      heads: heads === undefined ? undefined : locateFile(heads, options),
    }),
    opener(options.gpu),
  )
}

function opener(gpu: GPU | undefined): () => Promise<OpenedTraining> {
  return gpu ? () => trainHere(gpu) : trainInWorker
}

function trainInWorker(): Promise<OpenedTraining> {
  carryErrors()
  const worker = new Worker(new URL('./worker/training_worker.ts', import.meta.url), {
    type: 'module',
  })
  const end = () => worker.terminate()
  return Promise.resolve({ session: wrap<TrainingSession>(worker), end })
}

async function trainHere(gpu: GPU): Promise<OpenedTraining> {
  const { openTrainingSession } = await import('./training/session.ts')
  return { session: openTrainingSession(gpu), end: () => undefined }
}

function loadInWorker(source: ModelSource, options: LoadOptions): Promise<Model> {
  carryErrors()
  const worker = new Worker(new URL('./worker/worker.ts', import.meta.url), { type: 'module' })
  return openModel(wrap<Session>(worker), source, options, () => {
    worker.terminate()
  })
}

/** The engine is fetched only here: a page that leaves it to the worker need not load it twice. */
async function loadHere(gpu: GPU, source: ModelSource, options: LoadOptions): Promise<Model> {
  const { openSession } = await import('./reading/session.ts')
  return openModel(openSession(gpu), source, options, () => undefined)
}

/** The models that this browser keeps for this site, and what has arrived of those whose download was cut. */
export async function storedModels(): Promise<StoredModel[]> {
  return (await browserStore())?.list() ?? []
}

/** Deletes a model that this browser keeps. Throws LongtabError `bad-input` while a tab reads it. */
export async function deleteStored(id: string): Promise<void> {
  await (await browserStore())?.remove(id)
}
