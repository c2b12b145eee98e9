import source from '../../shaders/layer_inputs.wgsl'
import { kernel } from '../gpu/kernel.ts'

/** What the embedding projects to becomes the inputs of all layers, in place. Grid: (layers, rows). */
export const layerInputs = kernel({
  name: 'layer_inputs',
  source,
  params: {
    width: 'u32',
    row_width: 'u32',
    epsilon: 'f32',
    scale: 'f32',
    row_scale: 'f32',
    sum_scale: 'f32',
  },
  bindings: { weight: 'read', token_rows: 'read', inputs: 'write' },
  constants: [],
})
