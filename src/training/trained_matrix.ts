// Weights in training, with their gradient and AdamW's moments, all in f32 on the GPU.
import type { Gpu } from '../gpu/device.ts'
import type { Compiled } from '../gpu/kernel.ts'
import type { Recorder } from '../gpu/recorder.ts'
import { adamw, adamwGrid } from '../kernels/adamw.ts'

/** A list of weights and AdamW's state of it; all of one shape. */
export interface TrainedMatrix {
  readonly weights: GPUBuffer
  readonly gradient: GPUBuffer
  /** running means of the gradient and of its square */
  readonly mean: GPUBuffer
  readonly square: GPUBuffer
  /** values in each, including padding: a multiple of 4 */
  readonly count: number
}

/** A list of weights with its name in checkpoints. */
export interface NamedMatrix {
  readonly name: string
  readonly matrix: TrainedMatrix
}

export interface AdamWOptions {
  /** at this step */
  readonly rate: number
  readonly weightDecay: number
  /** of every gradient value */
  readonly clip: number
  /** bounds of a weight; none by default */
  readonly least?: number
  readonly most?: number
}

const [beta1, beta2, epsilon] = [0.9, 0.95, 1e-8]

/** AdamW's constants: `train.py` of the official Locret code. */
export const moments = { beta1, beta2, epsilon } as const

/** A bound that no f32 exceeds. */
export const unbounded = 3.4e38

/** @param weights an existing buffer; allocated by default */
export function allocateTrained(
  gpu: Gpu,
  name: string,
  count: number,
  weights?: GPUBuffer,
): TrainedMatrix {
  const allocate = (what: string) => gpu.memory.allocate('weights', `${name} ${what}`, 4 * count)
  return {
    weights: weights ?? allocate('weights'),
    gradient: allocate('gradient'),
    mean: allocate('mean'),
    square: allocate('square'),
    count,
  }
}

/** Records one AdamW step. @param step counted from 1 */
export function updateTrained(
  recorder: Recorder,
  kernel: Compiled<keyof typeof adamw.params, keyof typeof adamw.bindings, never>,
  { weights, gradient, mean, square, count }: TrainedMatrix,
  { rate, weightDecay, clip, least = -unbounded, most = unbounded }: AdamWOptions,
  step: number,
): void {
  const params = {
    count: count / 4,
    clip,
    beta1,
    beta2,
    epsilon,
    keep: 1 - rate * weightDecay,
    rate: rate / (1 - beta1 ** step),
    correction: 1 / (1 - beta2 ** step),
    least,
    most,
  }
  recorder.run(kernel, params, { weights, gradient, mean, square }, adamwGrid(count / 4))
}
