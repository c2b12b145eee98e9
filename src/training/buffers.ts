// What a training takes on the GPU beside the frozen model. Layers are trained one after the other, each as soon as its
// part of the forward pass is done: keys, values and inputs of one layer at a time are all there ever is, and the
// residual streams of all blocks wait between layers.
import { allocateCache, cacheBytes, type Cache } from '../cache/cache.ts'
import type { Plan } from '../engine/plan.ts'
import type { Gpu } from '../gpu/device.ts'
import { ceilDiv } from '../gpu/kernel.ts'
import { padded } from '../model/matrix.ts'
import { allocateHead, headCounts, inputWidth, type TrainedHead } from './head.ts'
import type { TrainingSettings } from './settings.ts'

/** A block of context tokens, held from the forward pass to the backward one. */
export interface ContextBlock {
  /** (row, hidden) */
  readonly residual: GPUBuffer
  /** (row, q · k · v) before rotation: the head's input */
  readonly inputs: GPUBuffer
  /** (row, d_R): the head's hidden layer, then its slope */
  readonly hidden: GPUBuffer
}

export interface TrainingBuffers {
  readonly context: readonly ContextBlock[]
  /** blocks of replies, (row, hidden) each */
  readonly replies: readonly GPUBuffer[]
  /** (kv head, token) */
  readonly labels: GPUBuffer
  /** (kv head, token): d loss / d score */
  readonly slopes: GPUBuffer
  /** (layer, kv head) of (regression, smoothing) */
  readonly losses: GPUBuffer
  /** of one layer, the same for all */
  readonly cache: Cache
  /** (layers) */
  readonly heads: readonly TrainedHead[]
}

interface Shape {
  readonly contextBlocks: number
  readonly replyBlocks: number
}

/** A reply starts a block of its own; under `repeat` there is one, of a request and the context again. */
function shapeOf({ block }: Plan, { length, reply, questions, label }: TrainingSettings): Shape {
  const contextBlocks = ceilDiv(length, block)
  const replyBlocks =
    label === 'repeat' ? ceilDiv(reply + length, block) : questions * ceilDiv(reply, block)
  return { contextBlocks, replyBlocks }
}

/** Bytes beside model weights and the engine's scratch: what `allocateTraining` takes. */
export function trainingBytes(
  plan: Plan,
  settings: TrainingSettings,
): { weights: number; cache: number; scratch: number } {
  const { model, block } = plan
  const capacity = slotsOf(plan)
  const { contextBlocks, replyBlocks } = shapeOf(plan, settings)
  const counts = headCounts(model, settings.hidden)
  const residual = 4 * block * padded(model.hidden)
  const context = residual + 4 * block * (padded(inputWidth(model)) + padded(settings.hidden))
  return {
    weights: model.layers * 4 * 4 * (counts.fc1 + counts.fc2),
    cache: cacheBytes(model, [capacity], plan.settings.cache),
    scratch:
      contextBlocks * context +
      replyBlocks * residual +
      2 * round16(4 * model.kvHeads * capacity) +
      round16(8 * model.layers * model.kvHeads),
  }
}

export function allocateTraining(
  gpu: Gpu,
  plan: Plan,
  settings: TrainingSettings,
): TrainingBuffers {
  const { model, block } = plan
  const capacity = slotsOf(plan)
  const { contextBlocks, replyBlocks } = shapeOf(plan, settings)
  const scratch = (label: string, bytes: number) => gpu.memory.allocate('scratch', label, bytes)
  const rows = (label: string, width: number) => scratch(label, 4 * block * padded(width))
  const cache = allocateCache(gpu, model, [capacity], plan.settings.cache)
  const [layer] = cache.layers
  if (!layer) throw new Error('a cache of one layer has none')
  return {
    context: Array.from({ length: contextBlocks }, () => ({
      residual: rows('residual of a context block', model.hidden),
      inputs: rows('inputs of a context block', inputWidth(model)),
      hidden: rows('hidden layer of a context block', settings.hidden),
    })),
    replies: Array.from({ length: replyBlocks }, () => rows('residual of a reply', model.hidden)),
    labels: scratch('labels', 4 * model.kvHeads * capacity),
    slopes: scratch('slopes', 4 * model.kvHeads * capacity),
    losses: scratch('losses', 8 * model.layers * model.kvHeads),
    cache: { ...cache, layers: Array.from({ length: model.layers }, () => layer) },
    heads: Array.from({ length: model.layers }, () => allocateHead(gpu, model, settings.hidden)),
  }
}

/** Slots of the one layer. */
function slotsOf({ capacities }: Plan): number {
  return Math.max(...capacities)
}

function round16(bytes: number): number {
  return Math.max(16, 16 * ceilDiv(bytes, 16))
}
