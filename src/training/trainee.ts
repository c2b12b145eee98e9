// The trained part of a run: retaining heads (step.ts) or a compressor (compressor/step.ts).
import type { Gpu } from '../gpu/device.ts'
import type { TrainingProgress, Schedule } from '../api/training.ts'
import type { ModelFiles } from '../model/model_files.ts'
import type { ChatForm } from '../text/chat.ts'
import type { Tokenizer } from '../text/tokenizer.ts'
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

/** A trainer on the GPU, and what is known of its model. */
export interface Loaded<Trainer> {
  readonly trainer: Trainer
  /** see LoadedTrainee */
  readonly files: ModelFiles
  readonly model: string
}

/** A trainee on the GPU, ready to run. */
export interface LoadedTrainee<Sample> {
  readonly trainee: Trainee<Sample>
  /** for the tokenizer's files */
  readonly files: ModelFiles
  /** identifies the model in written files */
  readonly model: string
  /** bytes on the GPU as computed before allocation */
  readonly stated: TrainingProgress['gpuBytesStated']
  /** @param lines the user's JSON lines; without them, generated documents */
  readonly samples: (lines: Blob | undefined, texts: Texts) => Promise<Samples<Sample>>
}

export interface Texts {
  readonly tokenizer: Tokenizer
  readonly chat: ChatForm
}

export function totalOf(loss: StepLoss): number {
  return Object.values(loss).reduce((sum, part) => sum + part, 0)
}
