// GGUF: a whole model in one file.
import type { Format } from '../format.ts'
import { ggufFiles } from './files.ts'

export const gguf: Format = { name: 'GGUF', ending: '.gguf', model: ggufFiles }
