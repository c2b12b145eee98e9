// What passes between the page's thread and the one that trains retaining heads.
import type { Progress, TrainingProgress } from '../api.ts'
import type { Settings } from '../engine/settings.ts'
import type { Place } from '../hub/place.ts'
import type { TrainedRun } from '../training/run.ts'
import type { TrainingSettings } from '../training/settings.ts'

export interface TrainRequest {
  readonly source: Place
  /** JSON lines; made-up documents where there is none */
  readonly data: Blob | undefined
  readonly wished: Partial<TrainingSettings>
  readonly weights: Settings['weights']
  /** to go on from */
  readonly checkpoint: Blob | undefined
}

export interface Trained extends TrainedRun {
  readonly settings: TrainingSettings
}

/** One training in one thread. */
export interface TrainingSession {
  train(
    request: TrainRequest,
    onProgress: (progress: Progress | TrainingProgress) => void,
    onCheckpoint: (checkpoint: Blob, steps: number) => void,
  ): Promise<Trained>
  /** after the step under way; a checkpoint is made */
  pause(): void
  resume(): void
  /** ends the training after the step under way: `train` resolves with the heads as they are */
  stop(): void
  /** ends it at once */
  cancel(): void
  close(): void
}
