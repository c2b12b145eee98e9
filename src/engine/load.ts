// From a model's folder to an engine ready to read: files checked first, then everything allocated once, then the weights
// streamed while the kernels compile.
import type { HeadsSource, ModelSource, Progress } from '../api.ts'
import { LongtabError, throwIfAborted } from '../errors.ts'
import type { Gpu } from '../gpu/device.ts'
import { largestBuffer, megabytes } from '../gpu/memory.ts'
import type { Profile } from '../gpu/profile.ts'
import { readDescription } from '../model/config.ts'
import type { Checkpoint } from '../model/checkpoint.ts'
import { openCompressor, type Compressor } from '../model/compressor.ts'
import type { ModelDescription } from '../model/description.ts'
import type { ModelFiles } from '../model/files.ts'
import { openFile, openFiles } from '../model/open_files.ts'
import { checkTensors, requiredTensors } from '../model/required_tensors.ts'
import { openRetainingHeads, type RetainingHeads } from '../model/retaining_heads.ts'
import { openCheckpoint } from '../model/safetensors.ts'
import {
  allocateWeights,
  streamRetainingHeads,
  streamWeights,
  type ModelWeights,
} from '../model/weights.ts'
import { policies } from '../policies/policies.ts'
import { createEngine, type Engine } from './engine.ts'
import { compileKernels, type KernelSet } from './kernel_set.ts'
import { estimateBytes, makePlan, requireFit, type Plan } from './plan.ts'
import { loadMerging, requireMergingFit, type Merging } from './merging.ts'
import { mergedSlots } from './merging_shape.ts'
import { createMeter, type Meter } from './meter.ts'
import { needs } from './policy_traits.ts'
import { settle, type Settings } from './settings.ts'

export interface EngineOptions {
  /** settings the user chose; the rest are scaled to the model */
  readonly wished: Partial<Settings>
  /** retaining heads; by default `heads.safetensors` of the model's folder, if it has one */
  readonly heads: HeadsSource | undefined
  /** of policies that merge; by default `compressor.safetensors` of the model's folder, if it has one */
  readonly compressor?: HeadsSource | undefined
  readonly onProgress: (progress: Progress) => void
  readonly signal: AbortSignal | undefined
  readonly profile?: Profile
}

/** A model's weights on the GPU and the kernels compiled for it. */
export interface LoadedModel {
  readonly plan: Plan
  readonly kernels: KernelSet
  readonly weights: ModelWeights
  readonly merging: Merging | undefined
}

export interface LoadedEngine {
  readonly engine: Engine
  /** for the tokenizer's files */
  readonly files: ModelFiles
}

/** A model whose files have been looked at; nothing of it is on the GPU yet. */
export interface OpenedModel {
  readonly files: ModelFiles
  readonly description: ModelDescription
  readonly checkpoint: Checkpoint
  /** counts what is downloaded */
  readonly bytes: Meter
}

/** Opens a model for as long as `load` takes. Throws LongtabError: `bad-file`, `network`, `unsupported-model`, `aborted`. */
export async function withModel<T>(
  gpu: Gpu,
  source: ModelSource,
  onProgress: (progress: Progress) => void,
  signal: AbortSignal | undefined,
  load: (opened: OpenedModel) => Promise<T>,
): Promise<T> {
  const bytes = createMeter('download', gpu, onProgress)
  const files = openFiles(source, bytes.add)
  const description = await readDescription(files, signal)
  const checkpoint = await (files.checkpoint?.(signal) ?? openCheckpoint(files, signal))
  try {
    checkTensors(description, checkpoint)
    return await load({ files, description, checkpoint, bytes })
  } finally {
    checkpoint.close()
  }
}

/** Throws LongtabError: `bad-file`, `network`, `unsupported-model`, `bad-setting`, `does-not-fit`, `out-of-memory`, … */
export async function loadEngine(
  gpu: Gpu,
  source: ModelSource,
  options: EngineOptions,
): Promise<LoadedEngine> {
  const { onProgress, signal } = options
  return withModel(gpu, source, onProgress, signal, async (opened) => {
    const { plan, kernels, weights, merging } = await loadModel(gpu, opened, options)
    const policy = policies[plan.settings.policy]
    const engine = await orOutOfMemory(gpu, plan, () =>
      createEngine(gpu, plan, kernels, weights, policy, { ...options, merging }),
    )
    return { engine, files: opened.files }
  })
}

/** The same without cache and scratch. */
export async function loadModel(
  gpu: Gpu,
  { files, description: model, checkpoint, bytes }: OpenedModel,
  { wished, heads: headsSource, compressor: compressorSource, onProgress, signal }: EngineOptions,
): Promise<LoadedModel> {
  let heads: RetainingHeads | undefined
  let compressor: Compressor | undefined
  try {
    heads = await openHeads(files, headsSource, model, wished.policy, bytes.add, signal)
    const settings = settle(wished, model, heads !== undefined)
    compressor = await openOwnCompressor(
      files,
      compressorSource,
      model,
      settings,
      bytes.add,
      signal,
    )
    const plan = makePlan(model, settings, heads?.hidden ?? 0, compressor?.taps)
    const allowed = largestBuffer(gpu.device)
    requireFit(plan, allowed)
    requireMergingFit(plan, allowed)
    bytes.expect(
      bytesOf(checkpoint, requiredTensors(model).keys()) +
        (heads && plan.retainingWidth > 0 ? bytesOf(heads.checkpoint) : 0) +
        (compressor ? bytesOf(compressor.checkpoint) : 0),
    )

    const compiling = createMeter('compile', gpu, onProgress)
    const kernels = compileKernels(gpu, model, settings, compiling.reach)
    kernels.catch(() => undefined) // awaited below; a failed download must not leave it unhandled
    const weights = await orOutOfMemory(gpu, plan, () =>
      allocateWeights(gpu, model, settings.weights, plan.retainingWidth),
    )
    await streamWeights(gpu, model, settings.weights, weights, checkpoint, signal)
    if (heads && plan.retainingWidth > 0) {
      await streamRetainingHeads(gpu, model, settings.weights, weights, heads, signal)
    }
    const merging =
      compressor && plan.merging
        ? await loadMerging(gpu, plan, plan.merging, compressor, signal)
        : undefined
    bytes.finish()
    const compiled = await kernels
    throwIfAborted(signal, 'loading the model')
    return { plan, kernels: compiled, weights, merging }
  } finally {
    heads?.checkpoint.close()
    compressor?.checkpoint.close()
  }
}

function bytesOf(checkpoint: Checkpoint, names = checkpoint.tensors.keys()): number {
  return [...names].reduce((sum, name) => sum + (checkpoint.tensors.get(name)?.bytes ?? 0), 0)
}

const headsName = 'heads.safetensors'
const compressorName = 'compressor.safetensors'

async function openHeads(
  files: ModelFiles,
  source: HeadsSource | undefined,
  model: ModelDescription,
  policy: Settings['policy'] | undefined,
  onBytes: (bytes: number) => void,
  signal: AbortSignal | undefined,
): Promise<RetainingHeads | undefined> {
  if (policy !== undefined && !needs(policy, 'retaining heads')) return undefined
  if (source !== undefined)
    return openRetainingHeads(openFile(source, 'the heads file', onBytes), model, signal)
  if (!(await files.has(headsName, signal))) return undefined
  return openRetainingHeads(files.file(headsName), model, signal)
}

/** Throws LongtabError `bad-setting` where the policy merges and there is nothing to merge by. */
async function openOwnCompressor(
  files: ModelFiles,
  source: HeadsSource | undefined,
  model: ModelDescription,
  settings: Settings,
  onBytes: (bytes: number) => void,
  signal: AbortSignal | undefined,
): Promise<Compressor | undefined> {
  const merged = mergedSlots(settings)
  if (merged === 0) return undefined
  if (source !== undefined) {
    return openCompressor(openFile(source, 'the compressor file', onBytes), model, merged, signal)
  }
  if (await files.has(compressorName, signal)) {
    return openCompressor(files.file(compressorName), model, merged, signal)
  }
  throw new LongtabError(
    'bad-setting',
    `policy ${settings.policy} needs a compressor and this model came with none; name a compressor file or choose policy streaming`,
  )
}

/** Runs allocations; an allocation that the device refuses becomes an error with the bytes asked for. */
export async function orOutOfMemory<T>(gpu: Gpu, plan: Plan, allocate: () => T): Promise<T> {
  gpu.device.pushErrorScope('out-of-memory')
  const made = allocate()
  const error = await gpu.device.popErrorScope()
  if (!error) return made
  const { weights, cache, scratch } = estimateBytes(
    plan.model,
    plan.settings,
    plan.retainingWidth,
    plan.merging?.taps,
  )
  throw new LongtabError(
    'out-of-memory',
    `the GPU has no room for the ${megabytes(weights + cache + scratch)} needed (weights ${megabytes(weights)}, cache ${megabytes(cache)}, scratch ${megabytes(scratch)}); lower the budget or chunk, or choose a smaller model`,
  )
}
