// Rows times a matrix, part by part: the matvec kernels in the decode step, the matmul kernel for a block.
import type { Recorder } from '../gpu/recorder.ts'
import { matvecGrid } from '../kernels/matvec.ts'
import type { ModelDescription } from '../api/description.ts'
import { padded, type GpuMatrix } from '../model/matrix.ts'
import type { ModelKernels } from './kernel_set.ts'
import { kernelFor, tileFor, type Matvecs, type Target } from './matrix_kernels.ts'
import { rmsNormRows } from './rms_norm_rows.ts'
import type { Scratch } from './scratch.ts'

interface Projecting {
  readonly recorder: Recorder
  readonly kernels: ModelKernels
  readonly rows: { readonly count: number }
  /** of the rows of a decode step; undefined for a block */
  readonly matvecs: Matvecs | undefined
}

/**
 * output (rows, outs) = or += input (rows, ins) · matrixᵀ + bias.
 */
export function project(
  { recorder, kernels, rows, matvecs }: Projecting,
  target: Target,
  matrix: GpuMatrix,
  input: GPUBuffer,
  output: GPUBuffer,
): void {
  const { ins } = matrix
  const shape = { in_eights: padded(ins) / 8, out_width: padded(matrix.outs) }
  for (const { matrix: part, storage, outs, firstOut: first_out } of matrix.parts) {
    const buffers = { input, matrix: part, output, bias: matrix.bias }
    if (matvecs) {
      const kernels = target === 'into' ? matvecs.matvecInto : matvecs.matvecOnto
      const { kernel, lanes } = kernelFor(kernels, { storage, ins })
      const params = { tokens: rows.count, outs, first_out, ...shape }
      recorder.run(kernel, params, buffers, matvecGrid(outs, lanes))
    } else {
      const matmuls = target === 'into' ? kernels.matmulInto : kernels.matmulOnto
      const { kernel, grid } = tileFor(kernelFor(matmuls, { storage, ins }), outs, rows.count)
      recorder.run(kernel, { rows: rows.count, outs, first_out, ...shape }, buffers, grid)
    }
  }
}

interface Norming extends Projecting {
  readonly model: ModelDescription
  readonly scratch: Scratch
}

/**
 * output (rows, outs) = norm(residual) · matrixᵀ + bias. Matvecs norm in the same kernel, a block is normed beforehand.
 * @param weight undefined where the residual stream is taken as it is
 */
export function projectNormedRows(
  norming: Norming,
  weight: GPUBuffer | undefined,
  matrix: GpuMatrix,
  output: GPUBuffer,
): void {
  const { recorder, model, scratch, rows, matvecs } = norming
  if (!weight) {
    project(norming, 'into', matrix, scratch.residual, output)
    return
  }
  if (!matvecs) {
    rmsNormRows(norming, weight, 0, rows.count)
    project(norming, 'into', matrix, scratch.normed, output)
    return
  }
  const { ins } = matrix
  const shape = { tokens: rows.count, in_eights: padded(ins) / 8, out_width: padded(matrix.outs) }
  const norm = { width: ins, epsilon: model.normEpsilon }
  for (const { matrix: part, storage, outs, firstOut: first_out } of matrix.parts) {
    const { kernel, lanes } = kernelFor(matvecs.rmsNormMatvec, { storage, ins })
    recorder.run(
      kernel,
      { outs, first_out, ...shape, ...norm },
      { residual: scratch.residual, matrix: part, weight, output, bias: matrix.bias },
      matvecGrid(outs, lanes),
    )
  }
}
