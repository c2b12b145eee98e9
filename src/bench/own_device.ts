// A device for one measurement.
import { openGpu, type Gpu } from '../gpu/device.ts'

/** Runs on a device of its own, whose destruction frees all buffers. Throws WebGPU's error, or what `run` throws. */
export async function onOwnDevice<Measured>(
  api: GPU,
  run: (gpu: Gpu) => Promise<Measured>,
): Promise<Measured> {
  const gpu = await openGpu(api)
  try {
    const { device } = gpu
    device.pushErrorScope('validation')
    device.pushErrorScope('out-of-memory')
    const [outcome] = await Promise.allSettled([run(gpu)])
    // WebGPU's first error explains all later failures
    const refused = (await device.popErrorScope()) ?? (await device.popErrorScope())
    if (refused) throw new Error(refused.message)
    if (outcome.status === 'rejected') throw outcome.reason
    return outcome.value
  } finally {
    gpu.close()
  }
}
