// Time of an engine by step: gpu/profile.ts, with matrix products named by their matrix.
import type { Engine } from '../forward/engine.ts'
import type { Gpu } from '../gpu/device.ts'
import { noProfile, profileKernels, type Profile } from '../gpu/profile.ts'
import type { Recorder } from '../gpu/recorder.ts'
import type { ModelWeights } from '../model/weights.ts'
import type { Step } from './roofline.ts'
import { stepNames } from './step_names.ts'

export interface StepClock {
  /** for createEngine; inactive except while `time` runs */
  readonly profile: Profile
  /** An engine that reports its steps to this clock. */
  watch(engine: Engine): Engine
  /** Milliseconds by step of the submits of `run`; undefined without timestamps. */
  time(run: () => Promise<void>): Promise<ReadonlyMap<Step, number> | undefined>
}

export function createStepClock({ device, hasTimestamps }: Gpu, weights: ModelWeights): StepClock {
  if (!hasTimestamps) return withoutTimestamps
  const stepOf = stepNames(weights)
  const kernels = profileKernels(device)
  let running = false
  let step = ''

  function name(recorder: Recorder): Recorder {
    return {
      run(compiled, params, buffers, grid) {
        const { name } = compiled.kernel
        if (running) step = stepOf(name, Object.values(buffers))
        recorder.run(compiled, params, buffers, grid)
      },
      copy: (...args) => recorder.copy(...args),
      submit: () => recorder.submit(),
      get recorded() {
        return recorder.recorded
      },
    }
  }

  return {
    profile: {
      timestamps: () => (running ? kernels.timestamps(step) : undefined),
      resolve: (encoder) => kernels.resolve(encoder),
      submitted: () => kernels.submitted(),
    },
    watch: (engine) => ({ ...engine, recorder: name(engine.recorder) }),
    async time(run) {
      running = true
      try {
        await run()
      } finally {
        running = false
      }
      return (await kernels.take()) as Map<Step, number>
    },
  }
}

const withoutTimestamps: StepClock = {
  profile: noProfile,
  watch: (engine) => engine,
  async time(run) {
    await run()
    return undefined
  },
}
