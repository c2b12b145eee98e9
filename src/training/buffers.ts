// GPU buffers of a training, in addition to the frozen model. Layers are trained one after the other, each as soon as its
// part of the forward pass is done. Keys, values and inputs exist for one layer at a time; the residual streams of all
// blocks are kept between layers.
import { inEveryHead } from '../plan/cache_bytes.ts'
import { allocateCache, type Cache, type LayerCache } from '../forward/cache.ts'
import type { Plan } from '../plan/plan.ts'
import type { Gpu } from '../gpu/device.ts'
import { attentionLayers } from '../model/layer_kinds.ts'
import { padded } from '../model/matrix.ts'
import { allocateHead, type TrainedHead } from './head.ts'
import { inputWidth } from './head_shape.ts'
import { blocksOf, slotsOf } from './plan.ts'
import type { TrainingSettings } from '../api/training.ts'

/** A block of context tokens, kept from the forward pass to the backward pass. */
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
  /** (layer of attention, kv head) of (regression, smoothing) */
  readonly losses: GPUBuffer
  /** (d_R), zeros: heads trained here have no bias */
  readonly noBias: GPUBuffer
  /** keys, values and scores of the current layer */
  readonly layerCache: LayerCache
  /** the same cache for every layer, in the engine's form */
  readonly cache: Cache
  /** (layers of attention) */
  readonly heads: readonly TrainedHead[]
}

export function allocateTraining(
  gpu: Gpu,
  plan: Plan,
  settings: TrainingSettings,
): TrainingBuffers {
  const { model, block } = plan
  const capacity = slotsOf(plan)
  const { contextBlocks, replyBlocks } = blocksOf(plan, settings)
  const scratch = (label: string, bytes: number) => gpu.memory.allocate('scratch', label, bytes)
  const rows = (label: string, width: number) => scratch(label, 4 * block * padded(width))
  const cache = allocateCache(
    gpu,
    model,
    [inEveryHead(model, capacity)],
    plan.settings.storage.cache,
  )
  const [layerCache] = cache.layers
  if (!layerCache) throw new Error('a cache of one layer has none')
  const layers = attentionLayers(model)
  const noBias = scratch('no bias', 4 * settings.hidden)
  return {
    context: Array.from({ length: contextBlocks }, () => ({
      residual: rows('residual of a context block', model.hidden),
      inputs: rows('inputs of a context block', inputWidth(model)),
      hidden: rows('hidden layer of a context block', settings.hidden),
    })),
    replies: Array.from({ length: replyBlocks }, () => rows('residual of a reply', model.hidden)),
    labels: scratch('labels', 4 * model.kvHeads * capacity),
    slopes: scratch('slopes', 4 * model.kvHeads * capacity),
    losses: scratch('losses', 8 * layers.length * model.kvHeads),
    noBias,
    layerCache,
    cache: { ...cache, layers: Array.from({ length: model.layers }, () => layerCache) },
    heads: layers.map((layer) => allocateHead(gpu, model, settings.hidden, noBias, layer)),
  }
}
