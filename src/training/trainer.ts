// The state of a training: the frozen model, the heads, and the buffers between them.
import { createEngine, type Engine } from '../forward/engine.ts'
import type { KernelSet } from '../forward/kernel_set.ts'
import type { Plan } from '../plan/plan.ts'
import type { Gpu } from '../gpu/device.ts'
import type { ModelWeights } from '../model/weights.ts'
import { keepsAll } from '../policies/full.ts'
import { allocateTraining, type TrainingBuffers } from './buffers.ts'
import { startHead } from './head.ts'
import type { TrainingKernels } from './kernels.ts'
import type { TrainingSettings } from '../api/training.ts'

export interface Trainer {
  /** the frozen model, with a cache of one layer */
  readonly engine: Engine
  readonly kernels: TrainingKernels
  readonly buffers: TrainingBuffers
  readonly settings: TrainingSettings
}

/** Allocates everything, with the heads at their random start. @param plan of `slotsFor` */
export function createTrainer(
  gpu: Gpu,
  plan: Plan,
  forwardKernels: KernelSet,
  weights: ModelWeights,
  kernels: TrainingKernels,
  settings: TrainingSettings,
): Trainer {
  const buffers = allocateTraining(gpu, plan, settings)
  const { cache, heads } = buffers
  const engine = createEngine(gpu, plan, forwardKernels, weights, keepsAll, { cache })
  for (const head of heads) startHead(gpu, plan.model, settings.hidden, head, settings.seed)
  return { engine, kernels, buffers, settings }
}
