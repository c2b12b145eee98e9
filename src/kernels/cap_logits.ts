import source from '../../shaders/cap_logits.wgsl'
import { ceilDiv, kernel } from '../gpu/kernel.ts'
import { folded } from './folded.ts'

/** cap · tanh(logit / cap) of every logit, in place. */
export const capLogits = kernel({
  name: 'cap_logits',
  source,
  params: { count: 'u32', cap: 'f32' },
  bindings: { logits: 'write' },
  constants: [],
})

export function capLogitsGrid(count: number): readonly [number, number] {
  return folded(ceilDiv(count, 256))
}
