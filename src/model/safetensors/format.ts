// Safetensors: the weights in a model's folder, and tensors in a single file, which has no mark of the format.
import type { Format } from '../format.ts'
import { openFolder, openSafetensors, weightsNames } from './checkpoint.ts'

export const safetensors: Format = {
  folder: { names: weightsNames, open: openFolder },
  tensors: { open: openSafetensors },
}
