// What layers are, and which look back only so far: `layer_types` in newer config.json files, rules of the family's own in
// older ones.
import { LongtabError } from '../api/errors.ts'
import type { Fields } from './fields.ts'

/**
 * Whether each layer is local. Throws LongtabError `unsupported-model` at a type that is neither full nor sliding
 * attention, `bad-file` where layers are missing.
 * @param rule for a file without `layer_types`
 * @returns (layers)
 */
export function readLocalLayers(
  config: Fields,
  layers: number,
  rule: (layer: number) => boolean,
): readonly boolean[] {
  if (!config.has('layer_types')) return Array.from({ length: layers }, (_, layer) => rule(layer))
  const types = readLayerTypes(config, layers, ['full_attention', 'sliding_attention'])
  return types.map((type) => type === 'sliding_attention')
}

/**
 * Throws LongtabError `unsupported-model` at a type that is not known, `bad-file` where layers are missing.
 * @returns (layers)
 */
export function readLayerTypes(
  config: Fields,
  layers: number,
  known: readonly string[],
  field = 'layer_types',
): readonly string[] {
  const types = config.texts(field)
  const unknown = types.find((type) => !known.includes(type))
  if (unknown !== undefined) {
    throw new LongtabError(
      'unsupported-model',
      `layers of type ${unknown} are not supported; supported: ${known.join(', ')}`,
    )
  }
  if (types.length !== layers) {
    throw new LongtabError(
      'bad-file',
      `config.json: ${field} names ${types.length} layers and num_hidden_layers is ${layers}`,
    )
  }
  return types
}
