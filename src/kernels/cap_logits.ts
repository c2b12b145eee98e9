import source from '../../shaders/cap_logits.wgsl'
import { ceilDiv, kernel } from '../gpu/kernel.ts'

/** cap · tanh(logit / cap) of every logit in place. */
export const capLogits = kernel({
  name: 'cap_logits',
  source,
  params: { vocabulary: 'u32', cap: 'f32' },
  bindings: { logits: 'write' },
  constants: [],
})

export function capLogitsGrid(vocabulary: number): readonly [number] {
  return [ceilDiv(vocabulary, 256)]
}
