// How each part of a layer is added to the residual stream.
import type { GpuMatrix } from '../model/matrix.ts'
import type { CommonLayer } from './layer.ts'
import { project } from './project.ts'
import { rmsNormParams } from './rms_norm_rows.ts'

/** residual += input · matrixᵀ + bias, with a norm of the sum where the family has a post-norm */
export function addToResidual(
  layer: CommonLayer,
  matrix: GpuMatrix,
  input: GPUBuffer,
  postNorm: GPUBuffer | undefined,
): void {
  const { recorder, kernels, model, scratch, rows } = layer
  if (!postNorm) {
    project(layer, 'onto', matrix, input, scratch.residual)
    return
  }
  project(layer, 'into', matrix, input, scratch.normed)
  recorder.run(
    kernels.rmsNormOnto,
    rmsNormParams(model, 0),
    { x: scratch.normed, weight: postNorm, normed: scratch.residual },
    [rows.count],
  )
}
