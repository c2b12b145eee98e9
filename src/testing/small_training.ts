// A training of a small random model: set-up of the training's tests.
import type { TrainingSettings } from '../api/training.ts'
import { modelFiles } from '../../reference/model_files.ts'
import {
  deltaNetShape,
  hybridShape,
  randomModel,
  smallShape,
} from '../../reference/random_model.ts'
import type { Gpu } from '../gpu/device.ts'
import { blobFile } from '../files/blob_file.ts'
import { openSafetensors } from '../model/safetensors/checkpoint.ts'
import type { Texts } from '../reading/texts.ts'
import { loadTrainer } from '../training/load.ts'
import type { Loaded, ToTrain } from '../training/trainee.ts'
import type { Trainer } from '../training/trainer.ts'
import { resolveTrainingSettings } from '../training/settings.ts'

export const model = randomModel({ ...smallShape, layers: 2 }, 7)

/** The last layer of a hybrid is behind all attention, so that a training does not run it. */
export const hybrid = randomModel(hybridShape, 7)
export const deltaNetHybrid = randomModel(deltaNetShape, 7)

const usual: Partial<TrainingSettings> = {
  steps: 6,
  hidden: 20,
  length: 70,
  reply: 24,
  questions: 2,
  rate: 2e-3,
  warmUp: 0.5,
  smoothing: 0.1,
  lookEvery: 3,
  heldOut: 1,
  seed: 5,
}

export const settings = resolveTrainingSettings(usual, smallShape.maxPositions)

const textsOf = async ({ texts }: ToTrain<unknown>) => texts
const nothing = () => undefined

export function openTrainer(
  gpu: Gpu,
  changes: Partial<TrainingSettings> = {},
  of = model,
): Promise<Loaded<Trainer, Texts>> {
  const files = modelFiles(of, 'F32')
  return loadTrainer(gpu, files, { ...usual, ...changes }, 'f32', textsOf, nothing, undefined)
}

/** Contents of a heads' file, under the official names. */
export async function tensorsOf(heads: Blob): Promise<Map<string, Float32Array>> {
  const checkpoint = await openSafetensors(blobFile(heads, 'heads', () => undefined))
  const found = new Map<string, Float32Array>()
  for (const name of checkpoint.tensors.keys()) {
    const values: number[] = []
    for await (const slice of checkpoint.rows(name)) values.push(...slice.values)
    found.set(name, Float32Array.from(values))
  }
  return found
}
