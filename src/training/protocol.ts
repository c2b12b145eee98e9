// The calls between the page's thread and the training thread.
import type { Progress } from '../api/progress.ts'
import type {
  TrainingProgress,
  CompressorOverrides,
  Schedule,
  TrainingSettings,
} from '../api/training.ts'
import type { WeightStorage } from '../api/settings.ts'
import type { ModelLocation } from '../files/location.ts'
import type { TrainedRun } from './run.ts'

/** What is trained, and the overrides of its settings. */
export type TrainingTarget =
  { readonly kind: 'heads'; readonly overrides: Partial<TrainingSettings> } | CompressorTarget

export interface CompressorTarget {
  readonly kind: 'compressor'
  readonly overrides: CompressorOverrides
  /** for `locret+lococo` */
  readonly heads: ModelLocation | Blob | undefined
}

export interface TrainRequest {
  readonly source: ModelLocation
  /** JSON lines; without them, generated documents */
  readonly data: Blob | undefined
  readonly target: TrainingTarget
  readonly weights: WeightStorage
  /** to resume */
  readonly checkpoint: Blob | undefined
}

/** A training that ended. */
export interface FinishedRun extends TrainedRun {
  /** those of the target */
  readonly settings: Schedule
}

/** One training in one thread. */
export interface TrainingSession {
  train(
    request: TrainRequest,
    onProgress: (progress: Progress | TrainingProgress) => void,
    onCheckpoint: (checkpoint: Blob, steps: number) => void,
  ): Promise<FinishedRun>
  /** after the current step; a checkpoint is made */
  pause(): void
  resume(): void
  /** ends the training after the current step: `train` resolves with what is learned by then */
  stop(): void
  /** ends it at once */
  cancel(): void
  close(): void
}
