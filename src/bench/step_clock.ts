// Time of an engine by step: gpu/profile.ts, with matrix products named by their matrix.
import type { Engine } from '../forward/engine.ts'
import type { Gpu } from '../gpu/device.ts'
import { noProfile, profileKernels, type Profile } from '../gpu/profile.ts'
import type { Recorder } from '../gpu/recorder.ts'
import type { GpuMatrix } from '../model/matrix.ts'
import type { ModelWeights } from '../model/weights.ts'
import type { Step } from './roofline.ts'

export interface StepClock {
  /** for createEngine; inactive except while `time` runs */
  readonly profile: Profile
  /** An engine that reports its steps to this clock. */
  watch(engine: Engine): Engine
  /** Milliseconds by step of the submits of `run`; undefined without timestamps. */
  time(run: () => Promise<void>): Promise<ReadonlyMap<Step, number> | undefined>
}

/** Kernels of matrix products; their step is named by the matrix. */
const multiplies = /mat(vec|mul)$/

export function createStepClock({ device, hasTimestamps }: Gpu, weights: ModelWeights): StepClock {
  if (!hasTimestamps) return withoutTimestamps
  const steps = stepsByMatrix(weights)
  const kernels = profileKernels(device)
  let running = false
  let step = ''

  function name(recorder: Recorder): Recorder {
    return {
      run(compiled, params, buffers, grid) {
        const { name } = compiled.kernel
        if (running) step = multiplies.test(name) ? stepOf(Object.values(buffers)) : name
        recorder.run(compiled, params, buffers, grid)
      },
      copy: (...args) => recorder.copy(...args),
      submit: () => recorder.submit(),
      get recorded() {
        return recorder.recorded
      },
    }
  }

  function stepOf(buffers: readonly GPUBuffer[]): string {
    for (const buffer of buffers) {
      const found = steps.get(buffer)
      if (found !== undefined) return found
    }
    throw new Error('a projection by a matrix that is not among the weights')
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

function stepsByMatrix({ layers, output }: ModelWeights): ReadonlyMap<GPUBuffer, Step> {
  const steps = new Map<GPUBuffer, Step>()
  const note = (step: Step, matrix: GpuMatrix | undefined) => {
    for (const part of matrix?.parts ?? []) steps.set(part.matrix, step)
  }
  for (const layer of layers) {
    note('project qkv', layer.qkv)
    note('project fc1', layer.retainingHead?.fc1)
    note('project attention output', layer.attentionOutput)
    note('project gate and up', layer.gateUp)
    note('project down', layer.down)
  }
  note('project logits', output)
  return steps
}
