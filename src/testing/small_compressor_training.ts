// A training of a small random model's compressor: set-up of its tests.
import type { CompressorOverrides } from '../api/training.ts'
import { headsFile, modelFiles } from '../../reference/model_files.ts'
import { randomModel, smallShape, type RandomModel } from '../../reference/random_model.ts'
import type { Gpu } from '../gpu/device.ts'
import { loadCompressorTrainer } from '../training/compressor/load.ts'
import type { Loaded } from '../training/trainee.ts'
import type { CompressorTrainer } from '../training/compressor/trainer.ts'
import { resolveCompressorSettings } from '../training/compressor/settings.ts'

export const model = randomModel({ ...smallShape, layers: 2 }, 7)

export const usual: CompressorOverrides = {
  steps: 6,
  length: 60,
  rate: 2e-3,
  warmUp: 0.5,
  lookEvery: 3,
  heldOut: 1,
  seed: 5,
  taps: 5,
  budget: 20,
  chunk: 12,
  burst: 3,
}

export const settings = resolveCompressorSettings(usual, model.description)

export function openTrainer(
  gpu: Gpu,
  changes: CompressorOverrides = {},
  of: RandomModel = model,
): Promise<Loaded<CompressorTrainer, undefined>> {
  const asked = { overrides: { ...usual, ...changes }, heads: headsFile(of, 'F32') }
  const files = modelFiles(of, 'F32')
  const nothing = () => undefined
  return loadCompressorTrainer(gpu, files, asked, 'f32', async () => undefined, nothing, undefined)
}
