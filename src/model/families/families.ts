// The model families: one line each.
import type { Family } from './family.ts'
import { ernie4_5 } from './ernie4_5.ts'
import { exaone4 } from './exaone4.ts'
import { gemma2 } from './gemma2.ts'
import { gemma3 } from './gemma3.ts'
import { gemma4 } from './gemma4.ts'
import { granite, graniteHybrid } from './granite.ts'
import { hunyuan } from './hunyuan.ts'
import { lfm2 } from './lfm2.ts'
import { llama } from './llama.ts'
import { ministral3 } from './ministral3.ts'
import { olmo2 } from './olmo2.ts'
import { mistral } from './mistral.ts'
import { phi3 } from './phi3.ts'
import { qwen2 } from './qwen2.ts'
import { qwen3 } from './qwen3.ts'
import { qwen3_5 } from './qwen3_5.ts'
import { smollm3 } from './smollm3.ts'

export const families: readonly Family[] = [
  llama,
  smollm3,
  qwen2,
  qwen3,
  qwen3_5,
  phi3,
  mistral,
  gemma2,
  gemma3,
  gemma4,
  granite,
  graniteHybrid,
  ernie4_5,
  ministral3,
  olmo2,
  exaone4,
  hunyuan,
  lfm2,
]
