// Rows times a matrix: the kernel for one row where there is one, for many where there are many, part by part.
import type { Recorder } from '../gpu/recorder.ts'
import { projectChunkGrid, projectChunkSide } from '../kernels/project_chunk.ts'
import { projectTokenGrid } from '../kernels/project_token.ts'
import { padded, type GpuMatrix } from '../model/matrix.ts'
import type { KernelSet } from './kernel_set.ts'

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
  const chunkKernels = target === 'into' ? kernels.projectChunkInto : kernels.projectChunkOnto
  const tokenKernel = target === 'into' ? kernels.projectTokenInto : kernels.projectTokenOnto
  for (const part of matrix.parts) {
    const { outs, firstOut: first_out } = part
    const buffers = { input, matrix: part.matrix, output }
    if (rows.count === 1) {
      const params = { outs, in_eights, first_out }
      recorder.run(tokenKernel, params, buffers, projectTokenGrid(outs, matrix.storage))
    } else {
      const out_width = padded(matrix.outs)
      const params = { rows: rows.count, outs, in_eights, out_width, first_out }
      const large = projectChunkSide(outs, rows.count) === 128 ? chunkKernels[128] : undefined
      const grid = projectChunkGrid(outs, rows.count, large ? 128 : 64)
      recorder.run(large ?? chunkKernels[64], params, buffers, grid)
    }
  }
}
