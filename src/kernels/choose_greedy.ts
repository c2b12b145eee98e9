import source from '../../shaders/choose_greedy.wgsl'
import { kernel } from '../gpu/kernel.ts'

/** The most likely token. Grid: (1). */
export const chooseGreedy = kernel({
  name: 'choose_greedy',
  source,
  params: { vocabulary: 'u32' },
  bindings: { logits: 'read', ids: 'write' },
  constants: [],
})
