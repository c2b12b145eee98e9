import source from '../../shaders/cap_logits.wgsl'
import { ceilDiv, kernel } from '../gpu/kernel.ts'

/** cap · tanh(logit / cap) of every logit, in place. */
export const capLogits = kernel({
  name: 'cap_logits',
  source,
  params: { count: 'u32', cap: 'f32' },
  bindings: { logits: 'write' },
  constants: [],
})

export function capLogitsGrid(count: number): readonly [number] {
  return [ceilDiv(count, 256)]
}
