// Whether a variant computes on this GPU what a plain product on the CPU gives.
import type { Gpu } from '../gpu/device.ts'
import type { GpuMemory } from '../gpu/memory.ts'
import { readBuffer } from '../gpu/readback.ts'
import { createRecorder } from '../gpu/recorder.ts'
import { allocateMatrix, matrixSink, padded } from '../model/matrix.ts'
import { agrees, checkCase, productOf } from './check_case.ts'
import { withOwnMemory } from './own_memory.ts'
import type { Checked, Contender } from './steps.ts'

/** Whether every kernel of the variant computes rightly. What a kernel leaves untouched is NaN, and so wrong. */
export function computesRightly(gpu: Gpu, { checks }: Contender): Promise<boolean> {
  return withOwnMemory(gpu.device, async (memory) => {
    for (const check of checks) if (!(await isRight({ ...gpu, memory }, check))) return false
    return true
  })
}

async function isRight(gpu: Gpu, { storage, rows, multiply }: Checked): Promise<boolean> {
  const { device, memory } = gpu
  const numbers = checkCase(storage, rows)
  const { ins, outs } = numbers
  const bias = memory.allocate('scratch', 'no bias of a check', 4)
  const matrix = allocateMatrix(gpu, 'matrix of a check', [{ outs, storage }], ins, bias)
  const { take } = matrixSink(gpu, 'check', matrix, storage, (row) => row)
  take({ first: 0, values: numbers.weights })
  const input = filled(device, memory, numbers.input)
  const outWidth = padded(outs)
  const output = filled(device, memory, new Float32Array(rows * outWidth).fill(NaN))
  const recorder = createRecorder(device, memory)
  for (const part of matrix.parts)
    multiply(recorder, { ins, outs, rows, input, matrix: part.matrix, output, bias })
  recorder.submit()
  const got = new Float32Array(await readBuffer(device, output))
  const inRows = Float32Array.from(
    { length: rows * outs },
    (_, i) => got[Math.floor(i / outs) * outWidth + (i % outs)] ?? NaN,
  )
  return agrees(inRows, productOf(numbers), outs)
}

function filled(
  device: GPUDevice,
  memory: GpuMemory,
  values: Float32Array<ArrayBuffer>,
): GPUBuffer {
  const buffer = memory.allocate('scratch', 'numbers of a check', values.byteLength)
  device.queue.writeBuffer(buffer, 0, values)
  return buffer
}
