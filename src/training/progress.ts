// Reports a training's progress a few times a second.
import type { TrainingProgress } from '../api.ts'
import type { Gpu } from '../gpu/device.ts'
import type { History } from './run.ts'
import type { TrainingSettings } from './settings.ts'

const intervalMs = 250

export interface ProgressReport {
  readonly report: (history: History) => void
  /** Time that went by between two steps, in a pause. */
  readonly waited: (ms: number) => void
}

export function createProgress(
  { steps }: Pick<TrainingSettings, 'steps'>,
  stated: TrainingProgress['gpuBytesStated'],
  { memory }: Pick<Gpu, 'memory'>,
  report: (progress: TrainingProgress) => void,
): ProgressReport {
  /** the steps there were when this run began, and when that would have been had it never paused */
  let began: { readonly steps: number; at: number } | undefined
  let last = -Infinity
  return {
    report({ losses, looks }) {
      const done = losses.length
      const now = performance.now()
      began ??= { steps: done, at: now }
      if (now - last < intervalMs && done < steps) return
      last = now
      const taken = done - began.steps
      const left = ((now - began.at) / taken) * (steps - done)
      const { weights, cache, scratch } = memory.live()
      report({
        phase: 'train',
        done,
        total: steps,
        losses: losses.map(({ regression, smoothing }) => regression + smoothing),
        looks: looks.map(({ step, overlap }) => ({ step, overlap: [...overlap] })),
        ...(taken > 0 ? { secondsLeft: left / 1000 } : {}),
        gpuBytes: weights + cache + scratch,
        gpuBytesStated: stated,
      })
    },
    waited(ms) {
      if (began) began.at += ms
    },
  }
}
