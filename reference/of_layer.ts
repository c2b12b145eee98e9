// A description with the heads and widths that one layer has.
import type { ModelDescription } from '../src/api/description.ts'

export function ofLayer<Description extends Pick<ModelDescription, 'shapes'>>(
  description: Description,
  layer: number,
): Description {
  return Object.assign({}, description, description.shapes?.[layer])
}
