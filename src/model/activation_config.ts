// The feed-forward layer's activation in config.json.
import { LongtabError } from '../api/errors.ts'
import type { Activation } from '../api/description.ts'
import type { Fields } from './fields.ts'

/** Names of transformers → the two forms the gate kernel has. Exact gelu (`gelu`) is another function. */
const known: Readonly<Record<string, Activation>> = {
  silu: 'silu',
  swish: 'silu',
  gelu_pytorch_tanh: 'gelu',
  gelu_new: 'gelu',
}

/** @param usual where the file does not say */
export function readActivation(config: Fields, field: string, usual: string): Activation {
  const name = config.text(field, usual)
  const activation = Object.hasOwn(known, name) ? known[name] : undefined
  if (activation !== undefined) return activation
  throw new LongtabError(
    'unsupported-model',
    `${field} ${name} is not supported; supported: ${Object.keys(known).join(', ')}`,
  )
}
