// The state of a compressor's training: the frozen model, the compressor, and the buffers between them.
import { createEngine, type Engine } from '../../forward/engine.ts'
import type { KernelSet } from '../../forward/kernel_set.ts'
import type { Merging } from '../../forward/merging.ts'
import type { Plan } from '../../plan/plan.ts'
import type { Gpu } from '../../gpu/device.ts'
import type { ModelWeights } from '../../model/weights.ts'
import { keepsAll } from '../../policies/full.ts'
import type { Policy } from '../../forward/policy.ts'
import { allocateCompressorTraining, type CompressorBuffers } from './buffers.ts'
import type { CompressorKernels } from './kernels.ts'
import { mergeKeepingLogits } from './merge_keeping_logits.ts'
import type { CompressorSettings } from '../../api/training.ts'

export interface CompressorTrainer {
  /** the frozen model over the full cache */
  readonly engine: Engine
  /** the same over the compressed cache, with the policy's evictions */
  readonly reading: Engine
  readonly merging: Merging
  readonly kernels: CompressorKernels
  readonly buffers: CompressorBuffers
  readonly settings: CompressorSettings
}

/** Allocates everything but the compressor, which is in `merging`. @param plan roomy */
export function createCompressorTrainer(
  gpu: Gpu,
  plan: Plan,
  forwardKernels: KernelSet,
  policy: Policy,
  weights: ModelWeights,
  merging: Merging,
  kernels: CompressorKernels,
  settings: CompressorSettings,
): CompressorTrainer {
  const buffers = allocateCompressorTraining(gpu, plan, merging, settings)
  const { full: everything, compressed, backward } = buffers
  const parts = { cache: everything, merging }
  const engine = createEngine(gpu, plan, forwardKernels, weights, keepsAll, parts)
  const keeping = { ...policy, evict: mergeKeepingLogits(backward.logits) }
  return {
    engine,
    reading: { ...engine, policy: keeping, cache: compressed },
    merging,
    kernels,
    buffers,
    settings,
  }
}
