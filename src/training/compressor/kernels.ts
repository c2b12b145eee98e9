// Kernels of a compressor's training, in addition to those of reading.
import { requireMergeable, type MergingShape } from '../../plan/merging_shape.ts'
import type { Settings } from '../../api/settings.ts'
import type { ModelDescription } from '../../api/description.ts'
import type { Gpu } from '../../gpu/device.ts'
import { compile } from '../../gpu/kernel.ts'
import { adamw } from '../../kernels/adamw.ts'
import { attendBackward } from '../../kernels/attend_backward.ts'
import { blendBackward } from '../../kernels/blend_backward.ts'
import { convolveGradient } from '../../kernels/convolve_gradient.ts'
import { mergeBackward } from '../../kernels/merge_backward.ts'
import { outputLoss } from '../../kernels/output_loss.ts'
import { sumParts } from '../../kernels/sum_parts.ts'

export type CompressorKernels = Awaited<ReturnType<typeof compileCompressorTraining>>

export async function compileCompressorTraining(
  { device }: Gpu,
  { heads, kvHeads, headSize }: ModelDescription,
  settings: Pick<Settings, 'policy' | 'storage' | 'positions'>,
  { taps }: Pick<MergingShape, 'taps'>,
) {
  const shape = { HEADS: heads, KV_HEADS: kvHeads, HEAD_SIZE: headSize }
  const rotating = { ...shape, ROTATES: settings.positions === 'original' ? 1 : 0 }
  const [loss, attend, merge, blend, sum, convolve, step] = await Promise.all([
    compile(device, outputLoss, shape),
    compile(device, attendBackward[requireMergeable(settings)], rotating),
    compile(device, mergeBackward, { HEAD_SIZE: headSize }),
    compile(device, blendBackward, {}),
    compile(device, sumParts, {}),
    compile(device, convolveGradient, { TAPS: taps }),
    compile(device, adamw, {}),
  ])
  return {
    outputLoss: loss,
    attendBackward: attend,
    mergeBackward: merge,
    blendBackward: blend,
    sumParts: sum,
    convolveGradient: convolve,
    adamw: step,
  }
}
