// The products that variants are timed with: a layer's two largest, on the model's own buffers, layer after layer, so that no
// cache holds the matrices. Whatever the buffers hold, a product takes as long.
import type { Multiplied } from '../forward/matrix_kernels.ts'
import type { Gpu } from '../gpu/device.ts'
import { guaranteedBytes, type GpuMemory } from '../gpu/memory.ts'
import { createRecorder } from '../gpu/recorder.ts'
import { padded, type GpuMatrix } from '../model/matrix.ts'
import type { LayerWeights, ModelWeights } from '../model/weights.ts'
import type { Contender } from './steps.ts'
import type { Sample } from './tournament.ts'

/** Matrices of the same shape in different layers. */
export interface LayerMatrix extends Multiplied {
  readonly outs: number
  readonly buffers: readonly GPUBuffer[]
}

const timedShapes = 2

/** Those of the largest shapes, the largest first. */
export function largestMatrices({ layers }: Pick<ModelWeights, 'layers'>): readonly LayerMatrix[] {
  const found = new Map<string, Multiplied & { outs: number; buffers: GPUBuffer[] }>()
  for (const layer of layers) {
    for (const { ins, parts } of [...mixingMatrices(layer), layer.gateUp, layer.down]) {
      for (const { storage, outs, matrix } of parts) {
        const key = `${storage} ${outs} ${ins}`
        const alike = found.get(key) ?? { storage, outs, ins, buffers: [] }
        alike.buffers.push(matrix)
        found.set(key, alike)
      }
    }
  }
  const size = ({ ins, outs }: LayerMatrix) => ins * outs
  return [...found.values()].sort((a, b) => size(b) - size(a)).slice(0, timedShapes)
}

/** Those that a layer mixes tokens with. */
function mixingMatrices(layer: LayerWeights): readonly GpuMatrix[] {
  if ('convolution' in layer) return [layer.convolution.gates, layer.convolution.output]
  if ('deltaNet' in layer) return [layer.deltaNet.mixed, layer.deltaNet.output]
  return [layer.qkv, layer.attentionOutput]
}

/**
 * A round is one product of each shape. Throws where the device has no room for inputs and outputs.
 * @param most rows of a product, fewer where its output would not fit one buffer of every device
 */
export async function createSample(
  { device }: Pick<Gpu, 'device'>,
  memory: GpuMemory,
  matrices: readonly LayerMatrix[],
  most: number,
): Promise<Sample<Contender>> {
  const widest = Math.max(...matrices.map(({ ins, outs }) => padded(Math.max(ins, outs))))
  const rows = Math.max(1, Math.min(most, Math.floor(guaranteedBytes / (4 * widest))))
  device.pushErrorScope('out-of-memory')
  const bias = memory.allocate('scratch', 'no bias of a variant', 4)
  const products = matrices.map((matrix) => ({
    ...matrix,
    input: memory.allocate('scratch', 'input of a variant', 4 * rows * padded(matrix.ins)),
    output: memory.allocate('scratch', 'output of a variant', 4 * rows * padded(matrix.outs)),
  }))
  const recorder = createRecorder(device, memory)
  const error = await device.popErrorScope()
  if (error) throw new Error(`no room to time variants: ${error.message}`)
  return async ({ multiply }, rounds) => {
    for (let round = 0; round < rounds; round++) {
      for (const product of products) {
        const { ins, outs, buffers, input, output } = product
        const matrix = buffers[round % buffers.length]
        if (matrix) multiply(product, recorder, { ins, outs, rows, input, matrix, output, bias })
      }
    }
    const sent = performance.now()
    recorder.submit()
    await device.queue.onSubmittedWorkDone()
    return performance.now() - sent
  }
}
