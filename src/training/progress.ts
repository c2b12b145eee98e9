// Reports a training's progress a few times a second.
import type { TrainingProgress } from '../api.ts'
import type { Gpu } from '../gpu/device.ts'
import type { History } from './run.ts'
import type { TrainingSettings } from './settings.ts'

const intervalMs = 250

export function createProgress(
  { steps }: Pick<TrainingSettings, 'steps'>,
  stated: TrainingProgress['gpuBytesStated'],
  { memory }: Pick<Gpu, 'memory'>,
  report: (progress: TrainingProgress) => void,
): { readonly report: (history: History) => void } {
  const started = performance.now()
  let first: number | undefined // steps that were done before
  let last = -Infinity
  return {
    report({ losses, looks }) {
      const done = losses.length
      first ??= Math.max(0, done - 1)
      const now = performance.now()
      if (now - last < intervalMs && done < steps) return
      last = now
      const perStep = (now - started) / Math.max(1, done - first)
      const { weights, cache, scratch } = memory.live()
      report({
        phase: 'train',
        done,
        total: steps,
        losses: losses.map(({ regression, smoothing }) => regression + smoothing),
        looks: looks.map(({ step, overlap }) => ({ step, overlap: [...overlap] })),
        secondsLeft: (perStep * (steps - done)) / 1000,
        gpuBytes: weights + cache + scratch,
        gpuBytesStated: stated,
      })
    },
  }
}
