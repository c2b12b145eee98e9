// GPU time of one dispatch: by timestamps where there are any, else by the wall clock over several.
import type { Gpu } from '../gpu/device.ts'
import { profileKernels } from '../gpu/profile.ts'
import { createRecorder, type Recorder } from '../gpu/recorder.ts'
import { submitMs } from '../tuning/submit_ms.ts'

export interface DispatchClock {
  readonly kind: 'timestamps' | 'wall clock'
  /** Milliseconds of one dispatch, which `record` records. NaN if the clock did not advance. */
  time(record: (recorder: Recorder) => void): Promise<number>
}

export function createDispatchClock(gpu: Gpu): DispatchClock {
  return gpu.hasTimestamps ? byTimestamps(gpu) : byWallClock(gpu)
}

function byTimestamps({ device, memory }: Gpu): DispatchClock {
  const kernels = profileKernels(device)
  const recorder = createRecorder(device, memory, kernels)
  return {
    kind: 'timestamps',
    async time(record) {
      record(recorder)
      recorder.submit()
      const [ms = 0] = (await kernels.take()).values()
      return positive(ms)
    },
  }
}

/** Dispatches that the long submit has more than the short one, whose time is subtracted. */
const more = 4

function byWallClock({ device, memory }: Gpu): DispatchClock {
  const recorder = createRecorder(device, memory)
  return {
    kind: 'wall clock',
    async time(record) {
      const short = await submitMs(device.queue, recorder, record, 1)
      const long = await submitMs(device.queue, recorder, record, 1 + more)
      return positive((long - short) / more)
    },
  }
}

function positive(ms: number): number {
  return ms > 0 ? ms : NaN
}
