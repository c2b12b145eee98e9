// From a model's folder to an engine ready to read. Files are checked first and everything is allocated once. Then the
// weights stream in while the kernels compile.
import type { HeadsOrigin, HeadsSource, ModelSource } from '../api/model.ts'
import type { Progress } from '../api/progress.ts'
import type { ModelDescription } from '../api/description.ts'
import type { Settings, SettingOverrides } from '../api/settings.ts'
import { LongtabError, throwIfAborted } from '../api/errors.ts'
import type { Gpu } from '../gpu/device.ts'
import { findHeads, noHeads, type FoundHeads, type LocatedHeads } from '../model/find_heads.ts'
import type { ModelLocation } from '../files/location.ts'
import { openSources, type Sources } from '../model/sources.ts'
import { largestBuffer } from '../gpu/memory.ts'
import { readDescription } from '../model/config.ts'
import type { Checkpoint } from '../model/checkpoint.ts'
import { openCompressor, requireMergedSlots, type Compressor } from '../model/compressor.ts'
import type { ModelFiles } from '../model/model_files.ts'
import { requireTrainedFor } from '../model/fingerprint.ts'
import { checkTensors, requiredTensors } from '../model/required_tensors.ts'
import { openCheckpoint } from '../model/open_checkpoint.ts'
import {
  allocateWeights,
  streamRetainingHeads,
  streamWeights,
  type ModelWeights,
} from '../model/weights.ts'
import { createCompiler } from '../forward/compiler.ts'
import type { Policy } from '../forward/policy.ts'
import { openPolicy } from '../policies/policies.ts'
import { dealsByShares } from '../plan/allocation.ts'
import { createEngine, type Engine } from '../forward/engine.ts'
import { compileKernels, type KernelSet } from '../forward/kernel_set.ts'
import { bytesOfPlan, makePlan, requireFit, type Plan } from '../plan/plan.ts'
import { loadMerging, type Merging } from '../forward/merging.ts'
import { mergedSlots, requireMergingFit } from '../plan/merging_shape.ts'
import { noDebug, type Debug } from './debug.ts'
import { createMeter, type Meter } from './meter.ts'
import { needs } from '../api/policies.ts'
import { requireRoom, catchOutOfMemory } from '../gpu/room.ts'
import { chosenPolicy, resolveSettings } from '../plan/settings.ts'

export interface EngineOptions {
  /** settings that the user chose; the rest is resolved from model and files */
  readonly overrides: SettingOverrides
  /** retaining heads; by default `heads.safetensors` of the model's folder, if it has one */
  readonly heads: HeadsSource | ModelLocation | undefined
  /** heads by the fingerprint of their model, used where neither of the two exists; none by default */
  readonly known?: readonly LocatedHeads[]
  /** for policies that merge; by default `compressor.safetensors` of the model's folder, if it has one */
  readonly compressor?: HeadsSource | ModelLocation | undefined
  readonly onProgress: (progress: Progress) => void
  readonly signal: AbortSignal | undefined
  readonly debug?: Debug
}

/** A model's weights on the GPU and the kernels compiled for it. */
export interface LoadedModel {
  readonly plan: Plan
  readonly kernels: KernelSet
  readonly policy: Policy
  readonly weights: ModelWeights
  readonly merging: Merging | undefined
  readonly heads: HeadsOrigin
}

export interface LoadedEngine {
  readonly engine: Engine
  /** for the tokenizer's files */
  readonly files: ModelFiles
  readonly heads: HeadsOrigin
}

/** A model whose files were checked; nothing is on the GPU yet. */
export interface OpenedModel {
  readonly files: ModelFiles
  readonly description: ModelDescription
  readonly checkpoint: Checkpoint
  /** opens files beside the model's folder, and downloads remote ones */
  readonly sources: Sources
  /** counts bytes read, and bytes downloaded to the store */
  readonly bytes: Meter
  readonly downloaded: Meter
}

/**
 * Opens a model for the duration of `load`. Throws LongtabError: `bad-file`, `network`, `unsupported-model`, `aborted`.
 */
export async function withModel<T>(
  gpu: Gpu,
  source: ModelSource | ModelLocation,
  onProgress: (progress: Progress) => void,
  signal: AbortSignal | undefined,
  load: (opened: OpenedModel) => Promise<T>,
): Promise<T> {
  const bytes = createMeter('load', gpu, onProgress)
  const downloaded = createMeter('download', gpu, onProgress)
  const sources = openSources(bytes.add)
  const files = sources.folder(source)
  const description = await readDescription(files, signal)
  const checkpoint = await openCheckpoint(files, signal)
  try {
    checkTensors(description, checkpoint)
    return await load({ files, description, checkpoint, sources, bytes, downloaded })
  } finally {
    checkpoint.close()
    sources.close()
  }
}

/** Throws LongtabError: `bad-file`, `network`, `unsupported-model`, `bad-setting`, `does-not-fit`, `out-of-memory`, … */
export async function loadEngine(
  gpu: Gpu,
  source: ModelSource | ModelLocation,
  options: EngineOptions,
): Promise<LoadedEngine> {
  const { onProgress, signal, debug = noDebug } = options
  return withModel(gpu, source, onProgress, signal, async (opened) => {
    const loaded = await loadModel(gpu, opened, options, (planned) => {
      const needed = bytesOfPlan(planned)
      return requireRoom(gpu, needed, needed.cache + needed.scratch) // the weights are allocated already
    })
    const { plan, kernels, policy, weights, merging, heads } = loaded
    const engine = await orOutOfMemory(gpu, plan, () =>
      createEngine(gpu, plan, kernels, weights, policy, { profile: debug.profile, merging }),
    )
    return { engine, files: opened.files, heads }
  })
}

/**
 * The same without cache and scratch.
 * @param beforeDownload rejects a plan that does not fit, before anything is downloaded
 */
export async function loadModel(
  gpu: Gpu,
  opened: OpenedModel,
  {
    overrides,
    heads: given,
    known = [],
    compressor: merger,
    onProgress,
    signal,
    debug,
  }: EngineOptions,
  beforeDownload: (plan: Plan) => Promise<void> = async () => undefined,
): Promise<LoadedModel> {
  const { files, description: model, checkpoint, sources, bytes, downloaded } = opened
  const { heads, origin } = await headsToRead(opened, given, known, overrides, signal)
  let compressor: Compressor | undefined
  try {
    compressor = await openOwnCompressor(files, merger, model, overrides, sources, signal)
    const settings = resolveSettings(overrides, model, { heads, compressor })
    requireCompressor(compressor, model, settings)
    const plan = makePlan(model, settings, heads?.hidden ?? 0, compressor?.taps, heads?.shares)
    debug?.planned(plan)
    const allowed = largestBuffer(gpu.device)
    requireFit(plan, allowed)
    requireMergingFit(plan, allowed)
    bytes.expect(
      bytesOf(checkpoint, requiredTensors(model).keys()) +
        (heads && plan.retainingWidth > 0 ? bytesOf(heads.checkpoint) : 0) +
        (compressor && plan.merging ? bytesOf(compressor.checkpoint) : 0),
    )

    const compiling = createMeter('compile', gpu, onProgress)
    const compiler = createCompiler(gpu.device, compiling.reach)
    const compiled = Promise.all([compileKernels(compiler, plan), openPolicy(compiler, plan)])
    compiled.catch(() => undefined) // awaited below; a failed download must not leave it unhandled
    const weights = await orOutOfMemory(gpu, plan, () =>
      allocateWeights(gpu, model, settings.storage.weights, plan.retainingWidth),
    )
    await sources.fetch(downloaded, () => beforeDownload(plan), signal)
    const unheld = origin.from === 'known' ? [compressor] : [heads, compressor]
    for (const trained of unheld) {
      if (trained)
        await requireTrainedFor(model, checkpoint, trained.checkpoint, trained.name, signal)
    }
    await streamWeights(gpu, model, settings.storage.weights, weights, checkpoint, signal)
    if (heads && plan.retainingWidth > 0) {
      await streamRetainingHeads(gpu, model, settings.storage.weights, weights, heads, signal)
    }
    const merging =
      compressor && plan.merging
        ? await loadMerging(gpu, plan, plan.merging, compressor, signal)
        : undefined
    bytes.finish()
    const [kernels, policy] = await compiled
    throwIfAborted(signal, 'loading the model')
    return { plan, kernels, policy, weights, merging, heads: origin }
  } finally {
    heads?.checkpoint.close()
    compressor?.checkpoint.close()
  }
}

function bytesOf(checkpoint: Checkpoint, names = checkpoint.tensors.keys()): number {
  return [...names].reduce((sum, name) => sum + (checkpoint.tensors.get(name)?.bytes ?? 0), 0)
}

const compressorName = 'compressor.safetensors'

/**
 * The heads, where policy or allocation needs any. Throws where the user chose that policy and known heads cannot be
 * fetched.
 */
async function headsToRead(
  opened: OpenedModel,
  given: HeadsSource | ModelLocation | undefined,
  known: readonly LocatedHeads[],
  overrides: SettingOverrides,
  signal: AbortSignal | undefined,
): Promise<FoundHeads> {
  const { name } = chosenPolicy(overrides)
  const scores = name === undefined || needs(name, 'retaining heads')
  if (!scores && !dealsByShares(overrides.allocation)) return { heads: undefined, origin: noHeads }
  const found = await findHeads(
    { ...opened, weights: async () => opened.checkpoint },
    given,
    known,
    signal,
  )
  if (name !== undefined && found.problem) throw found.problem
  return found
}

async function openOwnCompressor(
  files: ModelFiles,
  source: HeadsSource | ModelLocation | undefined,
  model: ModelDescription,
  overrides: SettingOverrides,
  sources: Sources,
  signal: AbortSignal | undefined,
): Promise<Compressor | undefined> {
  const { name } = chosenPolicy(overrides)
  if (name === undefined || !needs(name, 'compressor')) return undefined // no default policy merges
  if (source !== undefined)
    return openCompressor(sources.file(source, 'the compressor file'), model, signal)
  if (!(await files.has(compressorName, signal))) return undefined
  return openCompressor(files.file(compressorName), model, signal)
}

/**
 * Throws LongtabError `bad-setting` where the policy merges and there is no compressor. Throws `bad-file` where the
 * compressor's number of merged slots is not that of the settings.
 */
function requireCompressor(
  compressor: Compressor | undefined,
  model: ModelDescription,
  settings: Settings,
): void {
  const merged = mergedSlots(settings)
  if (merged === 0) return
  if (compressor) {
    requireMergedSlots(compressor, model, merged)
    return
  }
  throw new LongtabError(
    'bad-setting',
    `policy ${settings.policy.name} needs a compressor and this model came with none; name a compressor file or choose policy streaming`,
  )
}

/** Runs the allocations of a plan. An out-of-memory error of the device becomes LongtabError `out-of-memory`. */
export function orOutOfMemory<T>(gpu: Gpu, plan: Plan, allocate: () => T): Promise<T> {
  return catchOutOfMemory(gpu, bytesOfPlan(plan), allocate)
}
