// GPU buffers of a compressor's training, in addition to the frozen model and the compressor. They hold a document's
// blocks, one layer's full and compressed cache, and everything between loss and gradients. Layers are trained one after
// the other.
import { inEveryHead } from '../../plan/cache_bytes.ts'
import { allocateCache, type Cache } from '../../forward/cache.ts'
import type { Merging } from '../../forward/merging.ts'
import type { Plan } from '../../plan/plan.ts'
import type { Gpu } from '../../gpu/device.ts'
import { padded } from '../../model/matrix.ts'
import { inputWidth } from '../head_shape.ts'
import { allocateTrained, type TrainedMatrix } from '../trained_matrix.ts'
import { backwardBytes, blocksOf, compressedSlots } from './plan.ts'
import type { CompressorSettings } from '../../api/training.ts'

/** A block of the document, kept from the forward pass to the compressed one. */
export interface DocumentBlock {
  /** (row, hidden) */
  readonly residual: GPUBuffer
  /** (row, q · k · v) before rotation */
  readonly qkv: GPUBuffer
  /** (row, head · head size): attention output over the full cache */
  readonly targets: GPUBuffer
}

/** One layer's convolution in training. Merging reads the same weights. */
export interface TrainedConvolution {
  /** (merged, [k; v] padded/4, tap, four channels) */
  readonly weights: TrainedMatrix
  /** (merged) */
  readonly bias: TrainedMatrix
  /** (1) */
  readonly lambda: TrainedMatrix
}

export interface BackwardBuffers {
  /** (row, head · head size): slopes of attention's output */
  readonly outputSlopes: GPUBuffer
  /** (row, head) of (lse, Σ slope · output) */
  readonly softmax: GPUBuffer
  /** (kv head, merged, [k; v] padded) */
  readonly mergedSlopes: GPUBuffer
  /** (kv head, merged, other): the convolution's output, which blend overwrites */
  readonly logits: GPUBuffer
  /** (kv head, merged, other): slopes of the weights, then of the convolution's output */
  readonly weightSlopes: GPUBuffer
  /** (kv head, merged) of (bias, λ) */
  readonly parts: GPUBuffer
  /** (layer, kv head) of (Σ difference², Σ target²) */
  readonly losses: GPUBuffer
}

export interface CompressorBuffers {
  readonly blocks: readonly DocumentBlock[]
  /** one layer's cache that keeps everything, the same for all layers */
  readonly full: Cache
  /** likewise; shrinks to the budget as in reading */
  readonly compressed: Cache
  readonly backward: BackwardBuffers
  /** (layer) */
  readonly convolutions: readonly TrainedConvolution[]
}

export function allocateCompressorTraining(
  gpu: Gpu,
  plan: Plan,
  merging: Merging,
  settings: CompressorSettings,
): CompressorBuffers {
  const { model, block } = plan
  const scratch = (label: string, bytes: number) => gpu.memory.allocate('scratch', label, bytes)
  const rows = (label: string, width: number) => scratch(label, 4 * block * padded(width))
  const oneLayer = (slots: number): Cache => {
    const cache = allocateCache(
      gpu,
      model,
      [inEveryHead(model, slots)],
      plan.settings.storage.cache,
    )
    return { ...cache, layers: plan.budgets.flatMap(() => cache.layers) }
  }
  const bytes = backwardBytes(plan, merging)
  return {
    blocks: Array.from({ length: blocksOf(plan, settings) }, () => ({
      residual: rows('residual of a block', model.hidden),
      qkv: rows('q, k, v of a block', inputWidth(model)),
      targets: rows('targets of a block', model.heads * model.headSize),
    })),
    full: oneLayer(settings.length),
    compressed: oneLayer(compressedSlots(plan)),
    backward: {
      outputSlopes: scratch('slopes of outputs', bytes.outputSlopes),
      softmax: scratch('log sums and products', bytes.softmax),
      mergedSlopes: scratch('slopes of merged slots', bytes.mergedSlopes),
      logits: scratch('logits', bytes.logits),
      weightSlopes: scratch('slopes of weights', bytes.weightSlopes),
      parts: scratch('slopes of bias and λ', bytes.parts),
      losses: scratch('losses', bytes.losses),
    },
    convolutions: merging.layers.map(({ weights, bias, lambda }) => ({
      weights: allocateTrained(gpu, 'weights', weights.size / 4, weights),
      bias: allocateTrained(gpu, 'bias', bias.size / 4, bias),
      lambda: allocateTrained(gpu, 'λ', lambda.size / 4, lambda),
    })),
  }
}
