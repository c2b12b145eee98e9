// Kernels of a training step, in addition to those of the forward pass.
import type { Gpu } from '../gpu/device.ts'
import { compile } from '../gpu/kernel.ts'
import { adamw } from '../kernels/adamw.ts'
import { columnMeasure, columnSide, columnStats } from '../kernels/column_stats.ts'
import { headBackward } from '../kernels/head_backward.ts'
import { headLoss } from '../kernels/head_loss.ts'
import { matmulGradient } from '../kernels/matmul_gradient.ts'
import { score } from '../kernels/score.ts'
import { portable } from '../kernels/variants.ts'
import { compileMatmuls, compileMatvec } from '../forward/matrix_kernels.ts'
import { qkvWidth } from '../forward/layer.ts'
import type { ModelDescription } from '../api/description.ts'
import type { Settings } from '../api/settings.ts'
import type { LabelKind } from '../api/training.ts'

const measures = {
  share: columnMeasure.largestLogShare,
  answer: columnMeasure.largestScore,
  repeat: columnMeasure.largestLogShare,
} as const

export type TrainingKernels = Awaited<ReturnType<typeof compileTraining>>

export async function compileTraining(
  { device }: Gpu,
  model: ModelDescription,
  { storage }: Pick<Settings, 'storage'>,
  label: LabelKind,
) {
  const shape = { HEADS: model.heads, KV_HEADS: model.kvHeads, HEAD_SIZE: model.headSize }
  const side = columnSide(model.headSize, device.limits.maxComputeWorkgroupStorageSize)
  const measured = { ...shape, SIDE: side, MEASURE: measures[label] }
  const fc1 = { storage: 'f32', ins: qkvWidth(model) } as const // whatever the model's storage
  const [project, projectOne, scoreHeads, stats, loss, backward, gradient, step] =
    await Promise.all([
      compileMatmuls(device, [fc1], 'into', 64, portable.matmul),
      compileMatvec(device, [fc1], 'into', 1, portable.matvec),
      compile(device, score, shape),
      compile(device, columnStats[storage.cache], measured),
      compile(device, headLoss, {}),
      compile(device, headBackward, shape),
      compile(device, matmulGradient, {}),
      compile(device, adamw, {}),
    ])
  return {
    /** of the heads, instead of the frozen model's own */
    scoring: { matmulInto: project, matvecInto: projectOne, score: scoreHeads },
    columnStats: stats,
    side,
    headLoss: loss,
    headBackward: backward,
    matmulGradient: gradient,
    adamw: step,
  }
}
