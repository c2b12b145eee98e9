// From a model's folder to an engine ready to read: everything is checked first, then allocated once, and then the weights
// stream in while the kernels compile.
import type { HeadsOrigin, ModelSource, SuggestedSampling } from '../api/model.ts'
import type { Progress } from '../api/progress.ts'
import type { Diagnostics, KernelChoice } from '../api/diagnostics.ts'
import { throwIfAborted } from '../api/errors.ts'
import type { Gpu } from '../gpu/device.ts'
import type { ModelLocation } from '../files/location.ts'
import type { Checkpoint } from '../model/checkpoint.ts'
import { openTokenRows } from '../model/token_rows.ts'
import { requiredTensors } from '../model/required_tensors.ts'
import { allocateWeights, weightBytes, type ModelWeights } from '../model/weights.ts'
import { streamRetainingHeads, streamWeights } from '../model/stream_weights.ts'
import { createCompiler } from '../forward/compiler.ts'
import type { Policy } from '../forward/policy.ts'
import { openPolicy } from '../policies/policies.ts'
import { createEngine, type Engine } from '../forward/engine.ts'
import { compileKernels, type KernelSet } from '../forward/kernel_set.ts'
import { totalBytes } from '../gpu/memory.ts'
import { bytesOfPlan, type Plan } from '../plan/plan.ts'
import { loadMerging, type Merging } from '../forward/merging.ts'
import { checkModel, type CheckedModel, type ModelChoices } from './check_model.ts'
import { chooseVariants } from '../tuning/choose.ts'
import { noDebug, type Debug } from './debug.ts'
import { createMeter } from './meter.ts'
import { withModel } from './open_model.ts'
import type { Texts } from './texts.ts'
import { unlessFailed } from './unless_failed.ts'
import { requireRoom, catchOutOfMemory, type NeededBytes } from '../gpu/room.ts'

export interface EngineOptions extends ModelChoices {
  readonly onProgress: (progress: Progress) => void
  readonly signal: AbortSignal | undefined
  readonly debug?: Debug
  /** default: `measured` */
  readonly kernels?: KernelChoice
}

/** A model's weights on the GPU and the kernels compiled for it. */
export interface LoadedModel {
  readonly kernels: KernelSet
  readonly policy: Policy
  readonly weights: ModelWeights
  readonly merging: Merging | undefined
  readonly diagnostics: Diagnostics
}

export interface LoadedEngine {
  readonly engine: Engine
  readonly diagnostics: Diagnostics
  readonly texts: Texts
  readonly heads: HeadsOrigin
  readonly suggestedSampling: SuggestedSampling | undefined
}

/** Throws LongtabError: as `withModel`, `checkModel` and `loadModel` do. */
export async function loadEngine(
  gpu: Gpu,
  source: ModelSource | ModelLocation,
  options: EngineOptions,
): Promise<LoadedEngine> {
  const { onProgress, signal, debug = noDebug, kernels: choice = 'measured' } = options
  return withModel(gpu, source, onProgress, signal, async (opened) => {
    const checked = await checkModel(gpu, opened, options, signal)
    const { plan, texts, origin, suggestedSampling } = checked
    debug.planned(plan)
    const needed = bytesOfPlan(plan)
    const loaded = await loadModel(gpu, checked, needed, choice, onProgress, signal)
    const { kernels, policy, weights, merging, diagnostics } = loaded
    debug.chose(diagnostics)
    const engine = await orOutOfMemory(gpu, plan, () =>
      createEngine(gpu, plan, kernels, weights, policy, {
        profile: debug.profile,
        merging,
        tokenRows: openTokenRows(plan.model, checked.checkpoint),
      }),
    )
    return { engine, diagnostics, texts, heads: origin, suggestedSampling }
  })
}

/**
 * Everything but cache and scratch. Throws LongtabError: `out-of-memory` before the first byte is fetched, and what fetching,
 * compiling and reading weights throws.
 * @param needed on the GPU in all, once cache and scratch are there
 */
export async function loadModel(
  gpu: Gpu,
  checked: CheckedModel,
  needed: NeededBytes,
  choice: KernelChoice,
  onProgress: (progress: Progress) => void,
  signal: AbortSignal | undefined,
): Promise<LoadedModel> {
  const { description: model, plan, sources, downloaded } = checked
  const { weights: storage } = plan.settings.storage
  const weights = await catchOutOfMemory(gpu, needed, () =>
    allocateWeights(gpu, model, storage, plan.retainingWidth),
  )
  const taken = weightBytes(model, storage, plan.retainingWidth)
  await requireRoom(gpu, needed, totalBytes(needed) - taken)
  const compiler = createCompiler(gpu.device, createMeter('compile', gpu, onProgress).reach)
  const choosing = chooseVariants(gpu, plan, weights, choice)
  const compiling = choosing.then(({ variants }) =>
    Promise.all([compileKernels(compiler, plan, variants), openPolicy(compiler, plan)]),
  )
  const [[kernels, policy], merging] = await unlessFailed(compiling, signal, async (stop) => {
    await sources.fetch(downloaded, stop)
    await choosing // nothing else is on the GPU while it is timed
    return streamAll(gpu, checked, weights, stop)
  })
  throwIfAborted(signal, 'loading the model')
  const { diagnostics } = await choosing
  return { kernels, policy, weights, merging, diagnostics }
}

/** Model, heads and compressor onto the GPU. */
async function streamAll(
  gpu: Gpu,
  { description: model, checkpoint, plan, heads, compressor, bytes }: CheckedModel,
  weights: ModelWeights,
  signal: AbortSignal,
): Promise<Merging | undefined> {
  const { merging, retainingWidth } = plan
  const { weights: storage } = plan.settings.storage
  const table = model.tensors.layerInputs?.table // of which nothing is read yet
  const streamed = [...requiredTensors(model).keys()].filter((name) => name !== table)
  bytes.expect(
    bytesOf(checkpoint, streamed) +
      (heads && retainingWidth > 0 ? bytesOf(heads.checkpoint) : 0) +
      (compressor && merging ? bytesOf(compressor.checkpoint) : 0),
  )
  await streamWeights(gpu, model, storage, weights, checkpoint, signal)
  if (heads && retainingWidth > 0)
    await streamRetainingHeads(gpu, model, storage, weights, heads, signal)
  const loaded =
    compressor && merging ? await loadMerging(gpu, plan, merging, compressor, signal) : undefined
  bytes.finish()
  return loaded
}

function bytesOf(
  checkpoint: Checkpoint,
  names: Iterable<string> = checkpoint.tensors.keys(),
): number {
  return [...names].reduce((sum, name) => sum + (checkpoint.tensors.get(name)?.bytes ?? 0), 0)
}

/** Runs the allocations of a plan. An out-of-memory error of the device becomes LongtabError `out-of-memory`. */
export function orOutOfMemory<T>(gpu: Gpu, plan: Plan, allocate: () => T): Promise<T> {
  return catchOutOfMemory(gpu, bytesOfPlan(plan), allocate)
}
