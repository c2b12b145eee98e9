// Where gate and up cannot be one matrix product.
import type { ModelDescription } from '../api/description.ts'
import type { Settings } from '../api/settings.ts'
import { isWhole } from '../model/matrix.ts'
import { layerSections } from '../model/matrix_sections.ts'

/** Whether gate and up of some layer may lie in several buffers, have biases, or have no norm before them. */
export function mayGateInParts(
  model: ModelDescription,
  { storage }: Pick<Settings, 'storage'>,
): boolean {
  return model.tensors.layers.some(({ feedForwardNorm, gateUpBias }, index) => {
    const { gateUp } = layerSections(model, storage.weights, index)
    return !feedForwardNorm || gateUpBias !== undefined || !isWhole(gateUp, model.hidden)
  })
}
