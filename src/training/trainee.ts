// The trained part of a run: retaining heads (step.ts) or a compressor (compressor/step.ts).
import type { Gpu } from '../gpu/device.ts'
import type { TrainingProgress, Schedule } from '../api/training.ts'
import type { Texts } from '../reading/texts.ts'
import type { Metadata } from './state.ts'
import type { NamedMatrix } from './trained_matrix.ts'

/** Parts of a step's loss, by name; their sum is minimised. */
export type StepLoss = Readonly<Record<string, number>>

export interface Trainee<Sample> {
  readonly gpu: Gpu
  readonly settings: Schedule
  /** all trained matrices */
  readonly matrices: readonly NamedMatrix[]
  /** Takes a step on one sample. @param step counted from 0 */
  trainStep(sample: Sample, step: number): Promise<StepLoss>
  /** Measures a sample without learning from it. @returns (layers): see Look */
  judge(sample: Sample): Promise<Float32Array>
  /** The result, as `load` takes it. */
  write(metadata: Metadata): Promise<Blob>
}

/** Training samples by step, and held-out samples. */
export interface Samples<Sample> {
  /** see TrainingData */
  readonly name: string
  readonly heldOut: number
  at(step: number): Sample
  heldOutAt(index: number): Sample
}

/** A training whose model was checked. Nothing is on the GPU. */
export interface ToTrain<Settings> {
  readonly settings: Settings
  readonly texts: Texts
  /** see LoadedTrainee */
  readonly model: string
}

/** What a training needs besides its model. It is made, or refused, before the model's weights are fetched. */
export type Prepare<Settings, Prepared> = (training: ToTrain<Settings>) => Promise<Prepared>

/** A trainer on the GPU. */
export interface Loaded<Trainer, Prepared> {
  readonly trainer: Trainer
  readonly prepared: Prepared
  /** see LoadedTrainee */
  readonly model: string
}

/** A trainee on the GPU, ready to run. */
export interface LoadedTrainee<Sample> {
  readonly trainee: Trainee<Sample>
  /** identifies the model in written files */
  readonly model: string
  /** bytes on the GPU as computed before allocation */
  readonly stated: TrainingProgress['gpuBytesStated']
  readonly samples: Samples<Sample>
}

export function totalOf(loss: StepLoss): number {
  return Object.values(loss).reduce((sum, part) => sum + part, 0)
}
