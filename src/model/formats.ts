// The file formats by name: one line each.
import type { FormatName } from '../files/format_names.ts'
import type { Format } from './format.ts'
import { gguf } from './gguf/format.ts'
import { pytorch } from './pytorch/format.ts'
import { safetensors } from './safetensors/format.ts'

export const formats: Readonly<Record<FormatName, Format>> = {
  safetensors,
  pytorch,
  gguf,
}
