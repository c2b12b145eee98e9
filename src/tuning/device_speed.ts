// What a GPU does at most, in some 50 ms of it: for a list of models that says how fast each of them would be.
import type { DeviceSpeed } from '../api/device_speed.ts'
import { openGpu, requireSound } from '../gpu/device.ts'
import { compile } from '../gpu/kernel.ts'
import { largestBuffer, type GpuMemory } from '../gpu/memory.ts'
import { createRecorder, type Recorder } from '../gpu/recorder.ts'
import * as kernels from './ceiling_kernels.ts'
import { withOwnMemory } from './own_memory.ts'
import { submitMs } from './submit_ms.ts'
import { timeEach } from './time_each.ts'

/** Larger than the caches of most GPUs. */
const mostSwept = 128 * 2 ** 20
const multiplyLanes = 2048 * kernels.fmaLanes
const multiplyRounds = 16

/** Runs of a submit: a sweep takes a millisecond or so, a dispatch of nothing some microseconds. */
const mostRuns = { sweep: 64, multiply: 256, nothing: 2048 }

/** On a device of its own. Throws as `measureDevice` of the module does. */
export async function measureSpeed(api: GPU): Promise<DeviceSpeed | undefined> {
  const gpu = await openGpu(api)
  try {
    const speed = await measureDeviceSpeed(gpu.device)
    requireSound(gpu)
    return speed
  } finally {
    gpu.close()
  }
}

/**
 * Throws where the device has no room for the measurement, or fails at it.
 * @returns undefined where the clock is too coarse to tell
 */
export function measureDeviceSpeed(device: GPUDevice): Promise<DeviceSpeed | undefined> {
  return withOwnMemory(device, async (memory) => {
    const { swept, works } = await prepare(device, memory)
    const recorder = createRecorder(device, memory)
    const submit = (work: Work) => (runs: number) => submitMs(device.queue, recorder, work, runs)
    for (const work of Object.values(works)) await submit(work)(1) // the first time takes longer
    const idleMs = await submit(works.nothing)(1)
    const sweep = await timeEach(submit(works.sweep), idleMs, mostRuns.sweep)
    const multiply = await timeEach(submit(works.multiply), idleMs, mostRuns.multiply)
    const nothing = await timeEach(submit(works.nothing), idleMs, mostRuns.nothing)
    const flop = multiplyLanes * multiplyRounds * kernels.fmaRoundFlop
    const speed = {
      bytesPerSecond: (1000 * swept) / sweep.ms,
      flopPerSecond: (1000 * flop) / multiply.ms,
      dispatchSeconds: nothing.ms / 1000,
      measuredMs: sweep.spentMs + multiply.spentMs + nothing.spentMs,
    }
    return Object.values(speed).every(Number.isFinite) ? speed : undefined
  })
}

type Work = (recorder: Recorder) => void

interface Works {
  readonly swept: number
  readonly works: Readonly<Record<'sweep' | 'multiply' | 'nothing', Work>>
}

async function prepare(device: GPUDevice, memory: GpuMemory): Promise<Works> {
  const [sweep, fma, nothing] = await Promise.all([
    compile(device, kernels.sweep, {}),
    compile(device, kernels.fma, {}),
    compile(device, kernels.nothing, {}),
  ])
  const spans = Math.floor(Math.min(mostSwept, largestBuffer(device)) / kernels.sweepSpan)
  const swept = spans * kernels.sweepSpan
  const data = memory.allocate('scratch', 'swept', swept)
  const sums = memory.allocate('scratch', 'sums', 4 * Math.max(spans, multiplyLanes))
  const chain = { rounds: multiplyRounds, factor: 0.999, summand: 0.001 }
  return {
    swept,
    works: {
      sweep: (to) => to.run(sweep, kernels.sweepParams, { data, sums }, kernels.sweepGrid(swept)),
      multiply: (to) => to.run(fma, chain, { sums }, [multiplyLanes / kernels.fmaLanes]),
      nothing: (to) => to.run(nothing, { writes: 0 }, { sink: sums }, [1]),
    },
  }
}
