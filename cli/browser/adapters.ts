// What `--adapter` names: the GPU, or the software in its place, that a command's engine runs on.
import { oneOf } from '../shell/flag.ts'

/** In a headless Chromium; `auto` takes the GPU where there is one that works. */
export const adapters = ['auto', 'hardware', 'software'] as const
export type AdapterChoice = (typeof adapters)[number]

export const adapterFlag = oneOf('A', adapters, 'what the engine runs on').or('auto')
