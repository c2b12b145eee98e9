// One layer's retaining head in training: weights, gradients and AdamW's moments, all in f32 on the GPU, and the random
// start.
import { normal } from '../random.ts'
import type { Gpu } from '../gpu/device.ts'
import { padded, type GpuMatrix } from '../model/matrix.ts'
import type { ModelDescription } from '../api/description.ts'
import { headCounts, inputWidth } from './head_shape.ts'
import { allocateTrained, type NamedMatrix, type TrainedMatrix } from './trained_matrix.ts'

export interface TrainedHead {
  /** that it belongs to, of attention */
  readonly layer: number
  /** (d_R, (heads + 2·kvHeads) · headSize), rows padded */
  readonly fc1: TrainedMatrix
  /** (kvHeads, d_R) */
  readonly fc2: TrainedMatrix
  /** fc1's weights in the form that `project` takes */
  readonly matrix: GpuMatrix
}

/** @param noBias (d_R), zeros */
export function allocateHead(
  gpu: Gpu,
  model: ModelDescription,
  hidden: number,
  noBias: GPUBuffer,
  layer: number,
): TrainedHead {
  const counts = headCounts(model, hidden)
  const fc1 = allocateTrained(gpu, 'fc1', counts.fc1)
  const parts = [{ matrix: fc1.weights, firstOut: 0, outs: hidden, storage: 'f32' as const }]
  return {
    layer,
    fc1,
    fc2: allocateTrained(gpu, 'fc2', counts.fc2),
    matrix: { outs: hidden, ins: inputWidth(model), bias: noBias, parts },
  }
}

/** By their names in checkpoints. */
export function matricesOf(heads: readonly TrainedHead[]): NamedMatrix[] {
  return heads.flatMap(({ layer, fc1, fc2 }) => [
    { name: `layers.${layer}.fc1`, matrix: fc1 },
    { name: `layers.${layer}.fc2`, matrix: fc2 },
  ])
}

/** Throws where the layer has none. */
export function headOf(heads: readonly TrainedHead[], layer: number): TrainedHead {
  const head = heads.find((one) => one.layer === layer)
  if (!head) throw new Error(`there is no head for layer ${layer}`)
  return head
}

/**
 * Writes the random start: normal, with variance 1/ins in fc1 and a tenth of 1/d_R in fc2, so that first scores are
 * small.
 */
export function startHead(
  gpu: Gpu,
  model: ModelDescription,
  hidden: number,
  head: TrainedHead,
  seed: number,
): void {
  const { layer } = head
  const ins = inputWidth(model)
  const width = padded(ins)
  const fc1 = new Float32Array(head.fc1.count)
  for (let row = 0; row < hidden; row++) {
    for (let i = 0; i < ins; i++) {
      fc1[row * width + i] = normal(seed, 2 * layer, row * ins + i) / Math.sqrt(ins)
    }
  }
  const fc2 = Float32Array.from(
    { length: model.kvHeads * hidden },
    (_, i) => normal(seed, 2 * layer + 1, i) / Math.sqrt(10 * hidden),
  )
  gpu.device.queue.writeBuffer(head.fc1.weights, 0, fc1)
  gpu.device.queue.writeBuffer(head.fc2.weights, 0, fc2)
}
