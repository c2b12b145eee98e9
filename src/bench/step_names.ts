// Steps of a pass by the dispatches that run them: a matrix product is named by its matrix, all others by their kernel.
import type { GpuMatrix } from '../model/matrix.ts'
import type { ModelWeights } from '../model/weights.ts'
import type { Step } from './roofline.ts'

/** Kernels of matrix products. */
const multiplies = /mat(vec|mul)$/

/** @returns the step of a dispatch of this kernel on these buffers */
export function stepNames(
  weights: ModelWeights,
): (kernel: string, buffers: readonly GPUBuffer[]) => Step {
  const steps = stepsByMatrix(weights)
  return (kernel, buffers) => {
    if (!multiplies.test(kernel)) return kernel as Step
    for (const buffer of buffers) {
      const found = steps.get(buffer)
      if (found !== undefined) return found
    }
    throw new Error('a projection by a matrix that is not among the weights')
  }
}

function stepsByMatrix({ layers, output }: ModelWeights): ReadonlyMap<GPUBuffer, Step> {
  const steps = new Map<GPUBuffer, Step>()
  const note = (step: Step, matrix: GpuMatrix | undefined) => {
    for (const part of matrix?.parts ?? []) steps.set(part.matrix, step)
  }
  for (const layer of layers) {
    if ('qkv' in layer) {
      note('project qkv', layer.qkv)
      note('project fc1', layer.retainingHead?.fc1)
      note('project attention gate', layer.attentionGate)
      note('project attention output', layer.attentionOutput)
    }
    if ('deltaNet' in layer) {
      note('project mixed', layer.deltaNet.mixed)
      note('project delta output', layer.deltaNet.output)
    }
    note('project gate and up', layer.gateUp)
    note('project down', layer.down)
  }
  note('project logits', output)
  return steps
}
