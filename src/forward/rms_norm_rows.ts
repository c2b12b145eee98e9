// RMS norm of rows of the residual stream: before attention, before the feed-forward layer, before the logits.
import type { Recorder } from '../gpu/recorder.ts'
import type { ModelDescription } from '../api/description.ts'
import { padded } from '../model/matrix.ts'
import type { ModelKernels } from './kernel_set.ts'
import type { Scratch } from './scratch.ts'

interface Norming {
  readonly recorder: Recorder
  readonly kernels: ModelKernels
  readonly model: ModelDescription
  readonly scratch: Scratch
}

/** normed (row, hidden) = norm(residual), from row firstRow of the residual to row 0 of `normed`. */
export function rmsNormRows(
  { recorder, kernels, model, scratch }: Norming,
  weight: GPUBuffer,
  firstRow: number,
  count: number,
): void {
  recorder.run(
    kernels.rmsNormInto,
    rmsNormParams(model, firstRow),
    { x: scratch.residual, weight, normed: scratch.normed },
    [count],
  )
}

export function rmsNormParams({ hidden, normEpsilon }: ModelDescription, first_row: number) {
  return { first_row, width: hidden, row_quads: padded(hidden) / 4, epsilon: normEpsilon }
}
