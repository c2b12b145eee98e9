// One training at a time: started, paused, stopped, and kept in the browser as it goes.
import {
  trainHeads,
  type HeadsTraining,
  type TrainedHeads,
  type TrainingProgress,
  type Progress,
  type Candidate,
  type WeightStorage,
} from '../../index.ts'
import type { KeptTrainings, TrainingIdentity } from './kept_trainings.ts'

/** What heads are trained for. */
export interface TrainingTarget {
  readonly candidate: Candidate
  readonly weights: WeightStorage
}

export interface TrainingRequest extends TrainingIdentity {
  readonly candidate: Candidate
  /** to go on from */
  readonly checkpoint: Blob | undefined
}

export interface TrainingEvents {
  readonly progress: (progress: Progress | TrainingProgress) => void
  /** a checkpoint of so many steps is made; the training waits there if it was told to pause */
  readonly reached: (steps: number) => void
  /** a checkpoint of so many steps lies in the browser's files */
  readonly kept: (steps: number, request: TrainingRequest) => void
  /** it could not be put there; the training goes on without */
  readonly notKept: (error: unknown) => void
  readonly lost: () => void
  readonly finished: (heads: TrainedHeads, request: TrainingRequest) => void
  readonly failed: (error: unknown, request: TrainingRequest) => void
}

export interface TrainingRun {
  start(request: TrainingRequest): void
  pause(): void
  resume(): void
  /** ends it with the heads as they are */
  stop(): void
}

/** @param trainings where checkpoints are kept; rejects where the browser has no such place */
export function createTrainingRun(
  trainings: () => Promise<KeptTrainings>,
  on: TrainingEvents,
): TrainingRun {
  let training: HeadsTraining | undefined

  return {
    start(request) {
      const { candidate, settings, weights, data, checkpoint } = request
      let keeping: Promise<void> = Promise.resolve()
      const keep = async (state: Blob, steps: number): Promise<void> => {
        try {
          await (await trainings()).keep(request, state, steps)
          on.kept(steps, request)
        } catch (error) {
          on.notKept(error)
        }
      }
      const started = trainHeads(candidate.source, {
        ...candidate.access,
        ...settings,
        weights,
        ...(data && { data }),
        ...(checkpoint && { checkpoint }),
        onProgress: on.progress,
        onCheckpoint(state, steps) {
          on.reached(steps)
          keeping = keeping.then(() => keep(state, steps))
        },
        onLost: on.lost,
      })
      training = started
      void started.finished
        .then(
          async (heads) => {
            await keeping
            on.finished(heads, request)
          },
          async (error: unknown) => {
            await keeping
            on.failed(error, request)
          },
        )
        .finally(() => (training = undefined))
    },
    pause: () => void training?.pause(),
    resume: () => void training?.resume(),
    stop: () => void training?.stop(),
  }
}
