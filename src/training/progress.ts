// Reports a training's progress a few times a second.
import type { TrainingProgress, Schedule } from '../api/training.ts'
import type { Gpu } from '../gpu/device.ts'
import { totalBytes } from '../gpu/memory.ts'
import type { History } from './run.ts'
import { totalOf } from './trainee.ts'

const intervalMs = 250

export interface ProgressReport {
  readonly report: (history: History) => void
  /** Reports the latest progress, even directly after another report. */
  readonly catchUp: () => void
  /** Adds the time of a pause between two steps. */
  readonly waited: (ms: number) => void
}

export function createProgress(
  { steps }: Pick<Schedule, 'steps'>,
  stated: TrainingProgress['gpuBytesStated'],
  { memory }: Pick<Gpu, 'memory'>,
  report: (progress: TrainingProgress) => void,
): ProgressReport {
  /** number of steps at the start of this run, and its start time without pauses */
  let began: { readonly steps: number; at: number } | undefined
  let latest: History | undefined
  let last = -Infinity

  const send = ({ losses, looks }: History): void => {
    const done = losses.length
    const now = performance.now()
    began ??= { steps: done, at: now }
    last = now
    const taken = done - began.steps
    const left = ((now - began.at) / taken) * (steps - done)
    report({
      phase: 'train',
      done,
      total: steps,
      losses: losses.map(totalOf),
      looks: looks.map(({ step, byLayer }) => ({ step, byLayer: [...byLayer] })),
      ...(taken > 0 ? { secondsLeft: left / 1000 } : {}),
      gpuBytes: totalBytes(memory.live()),
      gpuBytesStated: stated,
    })
  }

  return {
    report(history) {
      latest = history
      const isLast = history.losses.length === steps
      if (isLast || performance.now() - last >= intervalMs) send(history)
    },
    catchUp() {
      if (latest) send(latest)
    },
    waited(ms) {
      if (began) began.at += ms
    },
  }
}
