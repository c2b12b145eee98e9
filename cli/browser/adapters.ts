// Values of `--adapter`: where a command's engine runs, on the GPU or in software.
import { oneOf } from '../shell/flag.ts'

/** In a headless Chromium; `auto` takes the GPU if it works. */
export const adapters = ['auto', 'hardware', 'software'] as const
export type AdapterChoice = (typeof adapters)[number]

export const adapterFlag = oneOf('A', adapters, 'what the engine runs on').or('auto')
