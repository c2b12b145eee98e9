// What `torch.save` writes: tensors in a single file.
import type { Format } from '../format.ts'
import { isPytorch, openPytorch } from './checkpoint.ts'

export const pytorch: Format = { tensors: { begins: isPytorch, open: openPytorch } }
