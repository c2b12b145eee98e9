// What `torch.save` writes: tensors in a single file.
import type { Format } from '../format.ts'
import { isPytorch, openPytorch } from './checkpoint.ts'

export const pytorch: Format = {
  name: 'PyTorch',
  ending: '.bin',
  tensors: { begins: isPytorch, open: openPytorch },
}
