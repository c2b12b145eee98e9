// Rows times a matrix, part by part: the matvec kernel for one row, the matmul kernel for several.
import type { Recorder } from '../gpu/recorder.ts'
import { matmulGrid, matmulSide } from '../kernels/matmul.ts'
import { matvecGrid, rowLanes } from '../kernels/matvec.ts'
import type { ModelDescription } from '../api/description.ts'
import { padded, type GpuMatrix } from '../model/matrix.ts'
import type { KernelSet } from './kernel_set.ts'
import { rmsNormRows } from './rms_norm_rows.ts'
import type { Scratch } from './scratch.ts'

/** `into` overwrites the output, `onto` adds to it. */
export type Target = 'into' | 'onto'

interface Projecting {
  readonly recorder: Recorder
  readonly kernels: KernelSet
  readonly rows: { readonly count: number }
}

/**
 * output (rows, outs) = or += input (rows, ins) · matrixᵀ.
 */
export function project(
  { recorder, kernels, rows }: Projecting,
  target: Target,
  matrix: GpuMatrix,
  input: GPUBuffer,
  output: GPUBuffer,
): void {
  const in_eights = padded(matrix.ins) / 8
  const lanes = rowLanes(matrix.ins, matrix.storage)
  const chunkKernels = target === 'into' ? kernels.matmulInto : kernels.matmulOnto
  const tokenKernels = target === 'into' ? kernels.matvecInto : kernels.matvecOnto
  const tokenKernel = tokenKernels.get(lanes)
  if (!tokenKernel) throw new Error(`matvec is not compiled for ${lanes} lanes to a row`)
  for (const part of matrix.parts) {
    const { outs, firstOut: first_out } = part
    const buffers = { input, matrix: part.matrix, output }
    if (rows.count === 1) {
      const params = { outs, in_eights, first_out }
      recorder.run(tokenKernel, params, buffers, matvecGrid(outs, lanes))
    } else {
      const out_width = padded(matrix.outs)
      const params = { rows: rows.count, outs, in_eights, out_width, first_out }
      const large = matmulSide(outs, rows.count) === 128 ? chunkKernels[128] : undefined
      const grid = matmulGrid(outs, rows.count, large ? 128 : 64)
      recorder.run(large ?? chunkKernels[64], params, buffers, grid)
    }
  }
}

interface Norming extends Projecting {
  readonly model: ModelDescription
  readonly scratch: Scratch
}

/** output (rows, outs) = norm(residual) · matrixᵀ. One row is normed in the same kernel, several beforehand. */
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
  const lanes = rowLanes(matrix.ins, matrix.storage)
  const in_eights = padded(matrix.ins) / 8
  const norm = { width: matrix.ins, epsilon: model.normEpsilon }
  for (const { outs, firstOut: first_out, matrix: part } of matrix.parts) {
    recorder.run(
      kernels.rmsNormMatvec,
      { outs, in_eights, first_out, ...norm },
      { residual: scratch.residual, matrix: part, weight, output },
      matvecGrid(outs, lanes),
    )
  }
}
