// Rows times a matrix, part by part: the matvec kernel for one row, the matmul kernel for several.
import type { Recorder } from '../gpu/recorder.ts'
import { matvecGrid } from '../kernels/matvec.ts'
import type { ModelDescription } from '../api/description.ts'
import { padded, type GpuMatrix } from '../model/matrix.ts'
import type { KernelSet } from './kernel_set.ts'
import { kernelFor, tileFor, type Target } from './matrix_kernels.ts'
import { rmsNormRows } from './rms_norm_rows.ts'
import type { Scratch } from './scratch.ts'

interface Projecting {
  readonly recorder: Recorder
  readonly kernels: KernelSet
  readonly rows: { readonly count: number }
}

/**
 * output (rows, outs) = or += input (rows, ins) · matrixᵀ + bias.
 */
export function project(
  { recorder, kernels, rows }: Projecting,
  target: Target,
  matrix: GpuMatrix,
  input: GPUBuffer,
  output: GPUBuffer,
): void {
  const { ins } = matrix
  const in_eights = padded(ins) / 8
  const [matmuls, matvecs] =
    target === 'into'
      ? [kernels.matmulInto, kernels.matvecInto]
      : [kernels.matmulOnto, kernels.matvecOnto]
  for (const { matrix: part, storage, outs, firstOut: first_out } of matrix.parts) {
    const buffers = { input, matrix: part, output, bias: matrix.bias }
    if (rows.count === 1) {
      const { kernel, lanes } = kernelFor(matvecs, { storage, ins })
      recorder.run(kernel, { outs, in_eights, first_out }, buffers, matvecGrid(outs, lanes))
    } else {
      const { kernel, grid } = tileFor(kernelFor(matmuls, { storage, ins }), outs, rows.count)
      const params = {
        rows: rows.count,
        outs,
        in_eights,
        out_width: padded(matrix.outs),
        first_out,
      }
      recorder.run(kernel, params, buffers, grid)
    }
  }
}

interface Norming extends Projecting {
  readonly model: ModelDescription
  readonly scratch: Scratch
}

/** output (rows, outs) = norm(residual) · matrixᵀ + bias. One row is normed in the same kernel, several beforehand. */
export function projectNormedRows(
  norming: Norming,
  weight: GPUBuffer,
  matrix: GpuMatrix,
  output: GPUBuffer,
): void {
  const { recorder, kernels, model, scratch, rows } = norming
  if (rows.count > 1) {
    rmsNormRows(norming, weight, 0, rows.count)
    project(norming, 'into', matrix, scratch.normed, output)
    return
  }
  const { ins } = matrix
  const in_eights = padded(ins) / 8
  const norm = { width: ins, epsilon: model.normEpsilon }
  for (const { matrix: part, storage, outs, firstOut: first_out } of matrix.parts) {
    const { kernel, lanes } = kernelFor(kernels.rmsNormMatvec, { storage, ins })
    recorder.run(
      kernel,
      { outs, in_eights, first_out, ...norm },
      { residual: scratch.residual, matrix: part, weight, output, bias: matrix.bias },
      matvecGrid(outs, lanes),
    )
  }
}
