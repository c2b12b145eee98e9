// The file formats: one line each. A folder's weights are looked for in this order.
import type { Format } from './format.ts'
import { gguf } from './gguf/format.ts'
import { pytorch } from './pytorch/format.ts'
import { safetensors } from './safetensors/format.ts'

export const formats: readonly Format[] = [safetensors, pytorch, gguf]
