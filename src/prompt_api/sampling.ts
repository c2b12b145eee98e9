// How freely a session draws its tokens: the modes of the specification in numbers, which it leaves to whoever implements it.
import type { CoreOptions, SamplingMode } from './options.ts'

export interface Sampling {
  readonly temperature: number
  readonly top_k: number
}

const temperatures: Readonly<Record<SamplingMode | 'default', number>> = {
  default: 0,
  'most-predictable': 0,
  predictable: 0.3,
  balanced: 0.7,
  creative: 1,
  'most-creative': 1.3,
}

export function samplingOf({ samplingMode = 'default', temperature, topK }: CoreOptions): Sampling {
  return { temperature: temperature ?? temperatures[samplingMode], top_k: topK ?? 0 }
}
