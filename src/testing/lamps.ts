// A document about lamps, and a small model with budgets by head that reads it: set-up of the tests that save it.
import { headsFile, modelFiles } from '../../reference/model_files.ts'
import { randomModel, smallShape, type RandomModel } from '../../reference/random_model.ts'
import { load } from '../index.ts'
import type { LoadOptions, Model } from '../api/model.ts'
import { sharedGpu } from './shared_gpu.ts'

export const small = randomModel({ ...smallShape, headSize: 16 }, 7)
export const shares = JSON.stringify([
  [1, 9],
  [0, 4],
  [30, 0.5],
])
export const text = Array.from(
  { length: 14 },
  (_, i) => `Lamp ${i} of pier ${i * 7} burns ${['red', 'green', 'white'][i % 3]}. `,
).join('')
export const question = 'Which lamp burns red on pier 21?'

const usual = { budget: 60, chunk: 40, tail: 64, local: 30 } as const

export const open = (
  options: LoadOptions,
  of: RandomModel = small,
  heads: object = { shares },
): Promise<Model> =>
  load([...modelFiles(of, 'F32'), headsFile(of, 'F32', { ...heads })], {
    gpu: sharedGpu,
    ...usual,
    ...options,
  })
