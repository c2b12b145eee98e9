// Safetensors: the weights in a model's folder, and tensors in a single file, which has no mark of the format.
import type { Format } from '../format.ts'
import { openFolder, openSafetensors, weightsNames } from './checkpoint.ts'

export const safetensors: Format = {
  name: 'safetensors',
  ending: '.safetensors',
  folder: {
    names: weightsNames,
    contents: 'model.safetensors, or model.safetensors.index.json and its shards',
    open: openFolder,
  },
  tensors: { open: openSafetensors },
}
