// Fields of a config.json that change results and that the forward pass does not compute: refused by name unless they say
// that nothing is to be done. What a family does compute is read in its own file.
import { LongtabError } from '../api/errors.ts'
import { shown } from '../api/shown.ts'
import type { Fields } from './fields.ts'

/** Field → the value at which it has no effect; absent and null have none either. */
const withoutEffect: Readonly<Record<string, number | boolean>> = {
  residual_multiplier: 1,
  embedding_multiplier: 1,
  logits_scaling: 1,
  logit_scale: 1,
  clip_qkv: false,
  qk_layernorm: false,
  use_qk_norm: false,
  use_parallel_residual: false,
  parallel_attn: false,
  alibi: false,
  use_bidirectional_attention: false,
  rotary_pct: 1,
}

/**
 * Throws LongtabError `unsupported-model` naming the field.
 * @param reads fields that the family reads itself
 */
export function refuseFields(config: Fields, modelType: string, reads: readonly string[]): void {
  const caps = ['attn_logit_softcapping', 'final_logit_softcapping']
  const none = Object.fromEntries(caps.map((name) => [name, false]))
  for (const [name, neutral] of Object.entries({ ...withoutEffect, ...none })) {
    const value = config.raw(name)
    if (reads.includes(name) || value === undefined || value === neutral || value === false)
      continue
    throw new LongtabError(
      'unsupported-model',
      `${name} ${shown(value)} is not supported in ${modelType} models; only those without it are`,
    )
  }
}
